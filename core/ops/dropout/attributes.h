#pragma once

namespace whittle {

struct DropoutAttributes {
    float rate = 0.5f;  // share of the values that become 0 while training, 0 <= rate < 1
};

}  // namespace whittle
