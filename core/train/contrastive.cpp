#include "core/train/contrastive.h"

#include <cassert>
#include <cmath>

#include "core/base/exact_math.h"

namespace whittle {
namespace {

using Row = std::span<const float>;

double dot(Row a, Row b) {
    double sum = 0.0;
    for (std::size_t c = 0; c < a.size(); ++c) sum += static_cast<double>(a[c]) * b[c];
    return sum;
}

std::size_t partner(std::size_t row) { return row ^ std::size_t{1}; }

// The rows of a batch, and what is known of each.
struct Batch {
    std::span<const float> values;
    std::size_t rows;
    std::size_t columns;
    double temperature;
    std::span<double> inverse_lengths;  // [N]; 0 for a row of length 0
    std::span<double> log_sums;         // [N]: log of the sum over k != i of exp(s_ik)

    Row row(std::size_t i) const { return values.subspan(i * columns, columns); }
    double similarity(std::size_t i, std::size_t k) const {
        return dot(row(i), row(k)) * inverse_lengths[i] * inverse_lengths[k] / temperature;
    }
    // exp(s_ik) / sum, the softmax of row i.
    double share(std::size_t i, double similarity_ik) const {
        return whittle_expf(static_cast<float>(similarity_ik - log_sums[i]));
    }
};

// The largest exponent is taken out, so that none overflows.
double log_sum_of_row(const Batch& batch, std::size_t i) {
    double largest = batch.similarity(i, partner(i));
    for (std::size_t k = 0; k < batch.rows; ++k) {
        const double s = k == i ? largest : batch.similarity(i, k);
        largest = s > largest ? s : largest;
    }
    double sum = 0.0;
    for (std::size_t k = 0; k < batch.rows; ++k) {
        if (k == i) continue;
        sum += whittle_expf(static_cast<float>(batch.similarity(i, k) - largest));
    }
    return largest + whittle_logf(static_cast<float>(sum));
}

// With u = z / |z|: dL/du_i = sum over k of (dL/ds_ik + dL/ds_ki) u_k / temperature, and
// dL/dz_i = (dL/du_i - u_i (u_i . dL/du_i)) / |z_i|. `direction`: [columns], for dL/du_i.
void gradient_of_row(const Batch& batch,
                     std::size_t i,
                     std::span<double> direction,
                     std::span<float> gradient) {
    for (double& value : direction) value = 0.0;
    for (std::size_t k = 0; k < batch.rows; ++k) {
        if (k == i) continue;
        const double s = batch.similarity(i, k);
        const double matched = k == partner(i) ? 2.0 : 0.0;
        const double slope = batch.share(i, s) + batch.share(k, s) - matched;
        const double factor = slope * batch.inverse_lengths[k] /
                              (batch.temperature * static_cast<double>(batch.rows));
        const Row other = batch.row(k);
        for (std::size_t c = 0; c < batch.columns; ++c) direction[c] += factor * other[c];
    }
    const Row own = batch.row(i);
    const double inverse_length = batch.inverse_lengths[i];
    double along = 0.0;
    for (std::size_t c = 0; c < batch.columns; ++c) along += direction[c] * own[c];
    along *= inverse_length * inverse_length;
    for (std::size_t c = 0; c < batch.columns; ++c) {
        gradient[c] = static_cast<float>(inverse_length * (direction[c] - along * own[c]));
    }
}

}  // namespace

std::size_t contrastive_scratch_doubles(std::size_t rows, std::size_t columns) {
    return 2 * rows + columns;
}

double contrastive_loss(std::span<const float> predictions,
                        std::size_t columns,
                        float temperature,
                        std::span<float> gradient,
                        std::span<double> scratch) {
    const std::size_t rows = predictions.size() / columns;
    assert(rows % 2 == 0 && scratch.size() >= contrastive_scratch_doubles(rows, columns));
    const Batch batch = {
        predictions, rows, columns, temperature, scratch.first(rows), scratch.subspan(rows, rows)};
    for (std::size_t i = 0; i < rows; ++i) {
        const double length = std::sqrt(dot(batch.row(i), batch.row(i)));
        batch.inverse_lengths[i] = length == 0.0 ? 0.0 : 1.0 / length;
    }
    double sum = 0.0;
    for (std::size_t i = 0; i < rows; ++i) {
        batch.log_sums[i] = log_sum_of_row(batch, i);
        sum += batch.log_sums[i] - batch.similarity(i, partner(i));
    }
    if (gradient.empty()) return sum;
    for (std::size_t i = 0; i < rows; ++i) {
        gradient_of_row(batch, i, scratch.subspan(2 * rows, columns),
                        gradient.subspan(i * columns, columns));
    }
    return sum;
}

}  // namespace whittle
