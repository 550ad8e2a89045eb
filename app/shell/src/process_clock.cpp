#include <app/shell/process_clock.h>

#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include <unistd.h>

namespace tessera::app {

double millisecondsSinceProcessStart()
{
    std::ifstream file("/proc/self/stat");
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const std::size_t afterName = text.rfind(')');
    if (afterName == std::string::npos)
        return 0;
    // Field 22 is the start time in clock ticks since boot; the name, field 2, may hold spaces.
    std::istringstream fields(text.substr(afterName + 1));
    std::string field;
    for (int i = 3; i <= 22; ++i)
        fields >> field;
    timespec now{};
    const long ticks = sysconf(_SC_CLK_TCK);
    if (clock_gettime(CLOCK_BOOTTIME, &now) != 0 || ticks <= 0 || !fields)
        return 0;
    const double started = std::stod(field) / static_cast<double>(ticks);
    return (static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9 - started) * 1000;
}

} // namespace tessera::app
