// Any text is a table of buffers that all planners can place, or an error that says where.
#include <cstdlib>
#include <string_view>

#include "core/memory/exact.h"
#include "core/memory/plan_csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace whittle;
    const auto table = read_buffer_table({reinterpret_cast<const char*>(data), size});
    if (!table.ok()) {
        if (table.error().place.empty() || table.error().found.empty()) std::abort();
        return 0;
    }
    const auto& buffers = table->buffers;
    if (table->ids.size() != buffers.size()) std::abort();
    for (const std::int64_t alignment : {std::int64_t{1}, std::int64_t{16}}) {
        if (!validate_buffers(buffers, alignment).ok()) std::abort();
        for (const PlannerInfo& info : all_planners()) {
            const ArenaPlan plan = plan_with(info.planner, buffers, alignment);
            if (!check_plan(buffers, alignment, plan).ok()) std::abort();
        }
        const ExactPlan exact = plan_exactly(buffers, alignment, {.max_nodes = 300});
        if (!check_plan(buffers, alignment, exact.plan).ok()) std::abort();
    }
    return 0;
}
