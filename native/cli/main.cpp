#include "native/cli/cli.h"

int main(int argument_count, char** arguments) {
    return whittle::cli::run(argument_count, arguments);
}
