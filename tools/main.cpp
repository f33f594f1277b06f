// SPDX-License-Identifier: MIT
#include "command.hpp"

int main(int count, char** arguments) { return tools::run(count, arguments); }
