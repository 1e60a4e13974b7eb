#pragma once

// The loops behind multiply_add.h for vectors of any width. Every file that includes this compiles
// them for an instruction set of its own; see core/ops/vectors.h for what that asks of them.

#include <cstddef>

#include "core/ops/fully_connected/multiply_add.h"
#include "core/ops/vectors.h"

namespace whittle {
namespace {

// What happens to a sum in the end.
enum class Finish { add, clamp };

// Adds the bias to the sums of some rows and clamps them.
template <int Lanes, int Vectors, int Rows>
inline void finish(const Product& p,
                   std::ptrdiff_t column,
                   typename VectorOf<Lanes>::Type (&sums)[Rows][Vectors]) {
    using Vector = typename VectorOf<Lanes>::Type;
    const Vector low = Vector{} + p.minimum;
    const Vector high = Vector{} + p.maximum;
    for (int v = 0; v < Vectors; ++v) {
        Vector bias = {};
        if (p.bias != nullptr) load<Lanes>(p.bias + column + Lanes * v, bias);
#pragma GCC unroll 8
        for (int r = 0; r < Rows; ++r) {
            const Vector sum = sums[r][v] + bias;
            const Vector above = sum < low ? low : sum;
            sums[r][v] = above > high ? high : above;
        }
    }
}

// Where a row begins within a, and which of its run it is.
struct Row {
    std::ptrdiff_t index = 0;
    std::ptrdiff_t in_run = 0;
    std::ptrdiff_t offset = 0;

    void advance(const Product& p) {
        ++index;
        offset += p.row_stride;
        if (++in_run == p.run) {
            offset += p.run_stride - p.run * p.row_stride;
            in_run = 0;
        }
    }
};

// Rows x (Lanes * Vectors) elements of c, kept in registers over the whole depth. Afterwards `row`
// is the next one.
template <Finish kFinish, int Lanes, int Vectors, int Rows>
inline void multiply_tile(const Product& p, Row& row, std::ptrdiff_t column) {
    using Vector = typename VectorOf<Lanes>::Type;
    const std::ptrdiff_t columns = p.columns;
    float* const c = p.c + row.index * columns + column;
    // A sum over nothing reads nothing: a and b may then be null.
    const std::ptrdiff_t groups = p.depth > 0 ? p.groups : 0;
    const float* group = groups > 0 ? p.a + row.offset : nullptr;
    const float* b = groups > 0 ? p.b + column : nullptr;
    const std::ptrdiff_t first = row.offset;
    std::ptrdiff_t offsets[Rows];
    for (int r = 0; r < Rows; ++r) {
        offsets[r] = row.offset - first;
        row.advance(p);
    }
    Vector sums[Rows][Vectors];
    for (int r = 0; r < Rows; ++r) {
        for (int v = 0; v < Vectors; ++v) {
            if constexpr (kFinish == Finish::add) {
                load<Lanes>(c + r * columns + Lanes * v, sums[r][v]);
            } else {
                sums[r][v] = Vector{};
            }
        }
    }
    for (std::ptrdiff_t g = 0; g < groups; ++g, group += p.group_stride) {
        const float* left = group;
        for (std::ptrdiff_t k = 0; k < p.depth; ++k) {
            Vector right[Vectors];
            for (int v = 0; v < Vectors; ++v) load<Lanes>(b + Lanes * v, right[v]);
            for (int r = 0; r < Rows; ++r) {
                const float factor = left[offsets[r]];
                for (int v = 0; v < Vectors; ++v) sums[r][v] += factor * right[v];
            }
            left += p.column_stride;
            b += columns;
        }
    }
    if constexpr (kFinish == Finish::clamp) finish<Lanes, Vectors, Rows>(p, column, sums);
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
        for (int v = 0; v < Vectors; ++v) {
            store<Lanes>(sums[r][v], c + r * columns + Lanes * v);
        }
    }
}

// A tile of so many rows, 1 ... MaxRows.
template <Finish kFinish, int Lanes, int Vectors, int MaxRows>
inline void multiply_rows(const Product& p, std::ptrdiff_t rows, Row& row, std::ptrdiff_t column) {
    if (rows == MaxRows) {
        multiply_tile<kFinish, Lanes, Vectors, MaxRows>(p, row, column);
    } else if constexpr (MaxRows > 1) {
        multiply_rows<kFinish, Lanes, Vectors, MaxRows - 1>(p, rows, row, column);
    }
}

// Tiles as wide as they fit from `column` on; returns the column behind them. Eight sums run side
// by side: enough to hide the latency of an addition, and as many as 16 registers leave room for.
// The tiles are about equally high, because a low one would have too few.
template <Finish kFinish, int Lanes, int Vectors>
inline std::ptrdiff_t multiply_columns(const Product& p, std::ptrdiff_t column) {
    if (column + Lanes * Vectors > p.columns) return column;
    constexpr std::ptrdiff_t kMaxRows = 8 / Vectors;
    const std::ptrdiff_t tiles = (p.rows + kMaxRows - 1) / kMaxRows;
    const std::ptrdiff_t rows = tiles > 1 ? p.rows / tiles : p.rows;
    const std::ptrdiff_t higher = p.rows - rows * tiles;  // so many have one row more
    for (; column + Lanes * Vectors <= p.columns; column += Lanes * Vectors) {
        Row row;
        for (std::ptrdiff_t tile = 0; tile < tiles; ++tile) {
            const std::ptrdiff_t height = rows + (tile < higher ? 1 : 0);
            multiply_rows<kFinish, Lanes, Vectors, kMaxRows>(p, height, row, column);
        }
    }
    return column;
}

// Wide vectors first, and narrower ones for the columns that are left.
template <Finish kFinish, int Lanes>
inline void multiply_from(const Product& p, std::ptrdiff_t column) {
    if constexpr (Lanes > 1) column = multiply_columns<kFinish, Lanes, 2>(p, column);
    column = multiply_columns<kFinish, Lanes, 1>(p, column);
    if constexpr (Lanes > 1) {
        if (column < p.columns) multiply_from<kFinish, (Lanes > 4 ? Lanes / 2 : 1)>(p, column);
    }
}

// Twelve values that are multiplied and added to again and again; they stay near 1.
template <int Lanes>
inline float spin_in_registers(std::ptrdiff_t rounds) {
    using Vector = typename VectorOf<Lanes>::Type;
    constexpr int kValues = 12;
    Vector values[kValues] = {};
    const Vector factor = Vector{} + 0.5f;
    for (std::ptrdiff_t round = 0; round < rounds; ++round) {
        for (int i = 0; i < kValues; ++i) values[i] = values[i] * factor + factor;
    }
    Vector sum = {};
    for (int i = 0; i < kValues; ++i) sum += values[i];
    return sum[0];
}

// The table of these loops for one width of vectors.
template <int Lanes>
constexpr ProductLoops loops_for() {
    return {[](const Product& p) { multiply_from<Finish::add, Lanes>(p, 0); },
            [](const Product& p) { multiply_from<Finish::clamp, Lanes>(p, 0); },
            spin_in_registers<Lanes>, std::ptrdiff_t{2} * 12 * Lanes};
}

}  // namespace
}  // namespace whittle
