#pragma once

namespace whittle {

struct GruAttributes {
    bool sequences = false;  // the output of every step, [N, T, H]; else of the last one, [N, H]
};

}  // namespace whittle
