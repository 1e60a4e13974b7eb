#pragma once

namespace whittle {

struct LstmAttributes {
    bool time_major = false;  // input [T, N, I]; else [N, T, I]
    float cell_clip = 0.0f;   // the cell state stays within -cell_clip ... cell_clip; 0: no limit
};

}  // namespace whittle
