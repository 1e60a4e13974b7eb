#pragma once

namespace whittle {

struct LeakyReluAttributes {
    float alpha = 0.2f;  // the slope below 0, finite
};

}  // namespace whittle
