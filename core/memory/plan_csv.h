#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/memory/plan.h"

namespace whittle {

// Buffers of a table, in its order.
struct BufferTable {
    std::vector<std::string> ids;
    std::vector<Buffer> buffers;  // valid, see validate_buffers()
};

// Reads CSV with the columns id, lower, upper and size in any order: a buffer of `size` bytes is
// alive from step `lower` to before step `upper`. Ids are different, lower < upper, numbers whole
// and in the limits of plan.h. Errors name line and column.
Result<BufferTable> read_buffer_table(std::string_view text);

}  // namespace whittle
