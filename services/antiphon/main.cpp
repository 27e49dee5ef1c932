#include "services/antiphon/command_line.hpp"

int main(int count, char** arguments) { return services::antiphon::run(count, arguments); }
