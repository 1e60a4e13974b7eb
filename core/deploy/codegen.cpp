#include "core/deploy/codegen.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <set>
#include <utility>

#include "core/base/bits.h"
#include "core/deploy/kernel_text.h"
#include "core/deploy/program_image.h"

namespace whittle {

namespace {

// --- Text of values ------------------------------------------------------------------------------

std::string c_int(std::int32_t value) {
    if (value == INT32_MIN) return "(-2147483647 - 1)";
    return std::to_string(value);
}

// An exact hexadecimal literal of C99 and C++17. The value must be finite.
std::string c_float(float value) {
    const std::uint32_t bits = bit_cast<std::uint32_t>(value);
    const std::uint32_t exponent = bits >> 23 & 255u;
    const std::uint32_t fraction = (bits & 0x7FFFFFu) << 1;  // six hexadecimal digits
    char digits[7];
    for (int i = 0; i < 6; ++i) digits[i] = "0123456789abcdef"[fraction >> (20 - 4 * i) & 15u];
    digits[6] = '\0';
    const int power = exponent == 0 ? (fraction == 0 ? 0 : -126) : static_cast<int>(exponent) - 127;
    return std::string(bits >> 31 ? "-" : "") + (exponent == 0 ? "0x0." : "0x1.") + digits + "p" +
           std::to_string(power) + "f";
}

const char* c_type(DType dtype) {
    switch (dtype) {
        case DType::float32: return "float";
        case DType::int32: return "int32_t";
        case DType::uint8:
        case DType::boolean: return "uint8_t";
        case DType::int64: return "int64_t";
        case DType::int16: return "int16_t";
        case DType::int8: return "int8_t";
        case DType::float16:
        case DType::int4: break;
    }
    return nullptr;
}

// A name from outside as the inside of a comment.
std::string in_comment(const std::string& name) {
    std::string text;
    for (const char c : name.substr(0, 60)) {
        text += std::isprint(static_cast<unsigned char>(c)) && c != '*' && c != '\\' ? c : '_';
    }
    return text;
}

bool is_identifier(const std::string& name) {
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0]))) return false;
    return std::all_of(name.begin(), name.end(),
                       [](unsigned char c) { return c < 128 && (std::isalnum(c) || c == '_'); });
}

std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

template <class T, class Format>
std::string list_of(std::span<const std::uint8_t> bytes, Format format) {
    std::string text;
    std::size_t line = 0;
    for (std::size_t i = 0; i + sizeof(T) <= bytes.size(); i += sizeof(T)) {
        T value;
        std::memcpy(&value, bytes.data() + i, sizeof(T));
        const std::string item = format(value);
        if (line + item.size() > 92 || text.empty()) {
            text += "\n    ";
            line = 0;
        }
        text += item + ", ";
        line += item.size() + 2;
    }
    return text;
}

// "static const TYPE NAME[N] = {...};", or an error for what C cannot write.
Result<std::string> c_array(const std::string& name,
                            DType dtype,
                            std::span<const std::uint8_t> bytes) {
    std::string values;
    switch (dtype) {
        case DType::int8:
            values = list_of<std::int8_t>(bytes, [](std::int8_t v) { return std::to_string(v); });
            break;
        case DType::int16:
            values = list_of<std::int16_t>(bytes, [](std::int16_t v) { return std::to_string(v); });
            break;
        case DType::int32: values = list_of<std::int32_t>(bytes, c_int); break;
        case DType::float32:
            for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
                float value;
                std::memcpy(&value, bytes.data() + i, 4);
                if (!std::isfinite(value)) {
                    return Error{.place = name,
                                 .expected = "finite weights",
                                 .found = "a value that is not finite"};
                }
            }
            values = list_of<float>(bytes, c_float);
            break;
        default:
            return Error{.place = name,
                         .expected = "int8, int16, int32 or float32 constants",
                         .found = dtype_name(dtype)};
    }
    const std::size_t count = bytes.size() / element_bytes(dtype);
    return "static const " + std::string(c_type(dtype)) + " " + name + "[" + std::to_string(count) +
           "] = {" + values + "\n};\n";
}

// --- The model -----------------------------------------------------------------------------------

class CWriter {
public:
    CWriter(const Deployment& deployment,
            const std::string& name,
            std::vector<KernelFile> kernel_files)
        : deployment_(deployment),
          graph_(deployment.graph),
          name_(name),
          kernel_files_(std::move(kernel_files)) {}

    Result<GeneratedCode> write();

private:
    std::string parameter_list() const;
    std::string header() const;
    std::string edge_comment(const char* what, std::size_t index, const Tensor& tensor) const;
    std::string edge_macros(const char* what, std::size_t index, const Tensor& tensor) const;
    void place_tensors();
    Status write_constant(const std::string& name,
                          DType dtype,
                          std::span<const std::uint8_t> bytes,
                          const std::string& comment);
    Result<std::string> operand(std::size_t op, const PreparedOperand& operand);
    Result<std::string> graph_tensor(int index);
    Status write_output_copies();
    Status write_op(std::size_t index);
    void write_params(const std::string& name,
                      const char* type,
                      const std::vector<PreparedParam>& params);
    void write_paired_call(std::size_t index, const std::vector<std::string>& operands);
    std::string kernels() const;

    const Deployment& deployment_;
    const Graph& graph_;
    const std::string& name_;
    std::vector<KernelFile> kernel_files_;
    std::vector<std::string> places_;  // C expression of each tensor; empty until it has one
    std::string constants_;
    std::string calls_;
    std::int64_t constant_bytes_ = 0;
};

std::string CWriter::parameter_list() const {
    std::string list;
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
        list += std::string(list.empty() ? "" : ", ") + "const " +
                c_type(graph_.tensor(graph_.inputs[i]).dtype) + "* input" + std::to_string(i);
    }
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
        list += std::string(list.empty() ? "" : ", ") +
                c_type(graph_.tensor(graph_.outputs[i]).dtype) + "* output" + std::to_string(i);
    }
    return list;
}

std::string CWriter::edge_comment(const char* what, std::size_t index, const Tensor& tensor) const {
    std::string text = " *   " + std::string(what) + std::to_string(index) + ": " +
                       dtype_name(tensor.dtype) + " " + to_string(tensor.shape) + " (" +
                       in_comment(tensor.name) + ")";
    if (tensor.quantization.scales.size() == 1) {
        text += ", real value = scale * (q - zero point)";
    }
    return text + "\n";
}

std::string CWriter::edge_macros(const char* what, std::size_t index, const Tensor& tensor) const {
    const std::string prefix = "#define " + upper(name_ + "_" + what) + std::to_string(index);
    std::string text = prefix + "_COUNT " + std::to_string(tensor.elements()) + "\n";
    if (tensor.quantization.scales.size() == 1) {
        text += prefix + "_SCALE " + c_float(tensor.quantization.scales[0]) + "\n";
        text += prefix + "_ZERO_POINT (" + c_int(tensor.quantization.zero_points[0]) + ")\n";
    }
    return text;
}

std::string CWriter::header() const {
    const std::string guard = upper(name_) + "_H_";
    std::string text = "#ifndef " + guard + "\n#define " + guard + "\n\n";
    text += "/* The model '" + in_comment(graph_.name) +
            "' as plain C, written by Whittle. C99 and C++17.\n"
            " * No heap, no libraries; one static arena, so one call at a time.\n *\n";
    std::string macros;
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
        text += edge_comment("input", i, graph_.tensor(graph_.inputs[i]));
        macros += edge_macros("input", i, graph_.tensor(graph_.inputs[i]));
    }
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
        text += edge_comment("output", i, graph_.tensor(graph_.outputs[i]));
        macros += edge_macros("output", i, graph_.tensor(graph_.outputs[i]));
    }
    text += " */\n\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
    text += macros;
    text += "#define " + upper(name_) + "_ARENA_BYTES " +
            std::to_string(deployment_.plan.arena_bytes) + "\n\n";
    text += "/* One inference. Inputs and outputs must not overlap. */\nvoid " + name_ +
            "_invoke(" + parameter_list() + ");\n\n";
    return text + "#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
}

// Graph inputs and outputs are the caller's buffers, the rest lies in the arena.
void CWriter::place_tensors() {
    places_.assign(graph_.tensors.size(), "");
    for (std::size_t i = 0; i < deployment_.lifetimes.tensors.size(); ++i) {
        const int tensor = deployment_.lifetimes.tensors[i];
        const std::string type = c_type(graph_.tensor(tensor).dtype);
        places_[static_cast<std::size_t>(tensor)] =
            "(" + type + "*)(arena.bytes + " + std::to_string(deployment_.plan.offsets[i]) + ")";
    }
    for (std::size_t i = graph_.outputs.size(); i-- > 0;) {
        places_[static_cast<std::size_t>(graph_.outputs[i])] = "output" + std::to_string(i);
    }
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
        places_[static_cast<std::size_t>(graph_.inputs[i])] = "input" + std::to_string(i);
    }
}

Status CWriter::write_constant(const std::string& name,
                               DType dtype,
                               std::span<const std::uint8_t> bytes,
                               const std::string& comment) {
    const Result<std::string> array = c_array(name, dtype, bytes);
    if (!array.ok()) return array.error();
    constants_ += "/* " + comment + " */\n" + *array + "\n";
    constant_bytes_ += static_cast<std::int64_t>(bytes.size());
    return {};
}

// The C expression for an operand.
Result<std::string> CWriter::operand(std::size_t op, const PreparedOperand& operand) {
    const Node& node = graph_.nodes[op];
    const auto at = static_cast<std::size_t>(operand.index);
    if (operand.kind == PreparedOperand::Kind::constant) {
        const PreparedConstant& constant = deployment_.ops[op].constants[at];
        const std::string name = "op" + std::to_string(op) + "_" + constant.name;
        const Status status =
            write_constant(name, constant.dtype, constant.bytes,
                           "operator " + std::to_string(op) + ": " + constant.name);
        if (!status.ok()) return status;
        return name;
    }
    if (operand.kind == PreparedOperand::Kind::scratch) {
        const std::size_t buffer = deployment_.lifetimes.scratch_buffer(static_cast<int>(op));
        return "arena.bytes + " + std::to_string(deployment_.plan.offsets[buffer] + operand.index);
    }
    return graph_tensor(operand.kind == PreparedOperand::Kind::input ? node.inputs[at]
                                                                     : node.outputs[at]);
}

// The C expression for a tensor of the graph; writes a constant on its first use.
Result<std::string> CWriter::graph_tensor(int index) {
    const Tensor& tensor = graph_.tensor(index);
    std::string& place = places_[static_cast<std::size_t>(index)];
    if (place.empty()) {
        const std::string name = "tensor" + std::to_string(index);
        const Status status =
            write_constant(name, tensor.dtype, tensor.data,
                           in_comment(tensor.name) + " " + to_string(tensor.shape));
        if (!status.ok()) return status;
        place = name;
    }
    return place;
}

// "static const PARAMS opN_params = {...};" with nested structs ("walk.size0") in braces of their
// own.
void CWriter::write_params(const std::string& name,
                           const char* type,
                           const std::vector<PreparedParam>& params) {
    std::string values;
    std::string open_struct;
    for (const PreparedParam& param : params) {
        const std::string_view full = param.name;
        const std::size_t dot = full.find('.');
        const std::string owner(dot == std::string_view::npos ? "" : full.substr(0, dot));
        if (!open_struct.empty() && owner != open_struct) values += "},\n   ";
        if (!owner.empty() && owner != open_struct) values += " /* " + owner + " */ {";
        open_struct = owner;
        const std::string field(dot == std::string_view::npos ? full : full.substr(dot + 1));
        const std::string value = param.is_float ? c_float(bit_cast<float>(param.bits))
                                                 : c_int(static_cast<std::int32_t>(param.bits));
        values += "\n    " + value + ", /* " + field + " */";
    }
    if (!open_struct.empty()) values += "}";
    constants_ += "static const " + std::string(type) + " " + name + " = {" + values + "\n};\n\n";
    constant_bytes_ += static_cast<std::int64_t>(4 * params.size());
}

// The two kernels in turns. Operands: as core/runtime/paired.h says.
void CWriter::write_paired_call(std::size_t index, const std::vector<std::string>& operands) {
    const PreparedOp& op = deployment_.ops[index];
    const PreparedSecond& second = *op.second;
    const std::string name = "op" + std::to_string(index);
    const DType dtype = graph_.tensor(graph_.nodes[index].outputs[0]).dtype;
    const std::string& rows = operands[second.rows_operand];
    const std::string typed_rows = std::string("(") + c_type(dtype) + "*)(" + rows + ")";
    std::string of_first = "&make, " + operands[0] + " + at.input";
    for (std::size_t i = 1; i < second.rows_operand; ++i) of_first += ", " + operands[i];
    std::string of_second = "&take, " + typed_rows;
    for (std::size_t i = second.rows_operand + 1; i < operands.size(); ++i) {
        of_second += ", " + operands[i];
    }
    write_params(name + "_second", second.params_type, second.params);
    calls_ += "    {\n        " + std::string(op.params_type) + " make;\n        " +
              second.params_type +
              " take;\n        WhittleKeptRows at;\n"
              "        whittle_kept_rows_begin(&at);\n"
              "        whittle_kept_rows_copy(&make, &" +
              name +
              "_params, sizeof make);\n"
              "        whittle_kept_rows_copy(&take, &" +
              name +
              "_second, sizeof take);\n"
              "        while (whittle_kept_rows_next(&" +
              name + "_params.window, &" + name + "_second.window, " +
              std::to_string(element_bytes(dtype)) +
              ",\n                                      &make.window, &take.window, " + rows +
              ", &at)) {\n            " + op.kernel + "(" + of_first + ", " + typed_rows +
              " + at.made);\n            " + second.kernel + "(" + of_second +
              " + at.output);\n        }\n    }\n";
}

Status CWriter::write_op(std::size_t index) {
    const PreparedOp& op = deployment_.ops[index];
    const std::string params = "op" + std::to_string(index) + "_params";
    std::string arguments = "&" + params;
    std::vector<std::string> operands;
    for (const PreparedOperand& each : op.operands) {
        const Result<std::string> expression = operand(index, each);
        if (!expression.ok()) return expression.status();
        arguments += ", " + *expression;
        operands.push_back(*expression);
    }
    write_params(params, op.params_type, op.params);
    if (op.second) {
        write_paired_call(index, operands);
        return {};
    }
    calls_ += "    " + std::string(op.kernel) + "(" + arguments + ");\n";
    return {};
}

std::string CWriter::kernels() const {
    std::set<std::string> called;
    for (const PreparedOp& op : deployment_.ops) {
        called.emplace(op.kernel);
        if (!op.second) continue;
        called.emplace(op.second->kernel);
        called.emplace("whittle_kept_rows_begin");
        called.emplace("whittle_kept_rows_copy");
    }
    return kernel_text(called, kernel_files_);
}

Status check_edges(const Graph& graph) {
    std::vector<int> edges = graph.inputs;
    edges.insert(edges.end(), graph.outputs.begin(), graph.outputs.end());
    for (const int edge : edges) {
        if (c_type(graph.tensor(edge).dtype) == nullptr) {
            return Error{.place = "tensor " + std::to_string(edge),
                         .expected = "inputs and outputs of a type that C has",
                         .found = dtype_name(graph.tensor(edge).dtype)};
        }
    }
    return {};
}

// An output that is also an input, a constant, or an earlier output is a copy.
Status CWriter::write_output_copies() {
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
        const std::string own = "output" + std::to_string(i);
        const Result<std::string> source = graph_tensor(graph_.outputs[i]);
        if (!source.ok()) return source.status();
        if (*source == own) continue;
        calls_ += "    memcpy(" + own + ", " + *source + ", " +
                  std::to_string(graph_.tensor(graph_.outputs[i]).bytes()) + ");\n";
    }
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
        const std::string name = "input" + std::to_string(i);
        if (calls_.find(name) == std::string::npos) calls_ += "    (void)" + name + ";\n";
    }
    return {};
}

Result<GeneratedCode> CWriter::write() {
    if (Status status = check_edges(graph_); !status.ok()) return status;
    place_tensors();
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
        if (Status status = write_op(i); !status.ok()) return status;
    }
    if (Status status = write_output_copies(); !status.ok()) return status;
    std::string source = "/* Written by Whittle; " + name_ +
                         ".h says how to call it. */\n\n#include \"" + name_ +
                         ".h\"\n\n#include <string.h>\n\n/* ---- Kernels ---- */\n\n" + kernels() +
                         "/* ---- Weights and parameters ---- */\n\n" + constants_;
    if (deployment_.plan.arena_bytes > 0) {
        source +=
            "/* Activations; the union aligns them. */\nstatic union {\n"
            "    int32_t align;\n    int8_t bytes[" +
            std::to_string(deployment_.plan.arena_bytes) + "];\n} arena;\n\n";
    }
    source += "void " + name_ + "_invoke(" + parameter_list() + ") {\n" + calls_ + "}\n";
    return GeneratedCode{
        name_ + ".h",   header(), name_ + ".c", source, deployment_.plan.arena_bytes,
        constant_bytes_};
}

Result<GeneratedCode> generate(const Graph& graph,
                               const std::string& name,
                               const Savings& savings,
                               InstructionSet set,
                               std::vector<KernelFile> kernel_files) {
    if (!is_identifier(name)) {
        return Error{.expected = "a name of letters, digits and _ that begins with no digit",
                     .found = "'" + name + "'"};
    }
    const Result<Deployment> deployment =
        prepare_deployment(graph, InputsOutputs::with_caller, savings, set);
    if (!deployment.ok()) return deployment.error();
    return CWriter(*deployment, name, std::move(kernel_files)).write();
}

}  // namespace

Result<GeneratedCode> generate_c(const Graph& graph,
                                 const std::string& name,
                                 const Savings& savings) {
    return generate(graph, name, savings, InstructionSet::reference, reference_kernel_files());
}

Result<GeneratedCode> generate_c(const Graph& graph,
                                 const std::string& name,
                                 const Savings& savings,
                                 InstructionSet set) {
    return generate(graph, name, savings, set, all_kernel_files());
}

}  // namespace whittle
