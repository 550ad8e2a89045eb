#pragma once

#include <initializer_list>
#include <string_view>

/// Structured log: one line of JSON on stderr per event {ts, level, area, msg, ...fields}. Any thread.
/// Never pass secrets or document content.
namespace tessera::log {

enum class Level { debug, info, warning, error };

struct Field {
    std::string_view key;
    std::string_view value;
};

void setLevel(Level level);
void write(Level level, std::string_view area, std::string_view message, std::initializer_list<Field> fields = {});

inline void info(std::string_view area, std::string_view message, std::initializer_list<Field> fields = {})
{
    write(Level::info, area, message, fields);
}
inline void warning(std::string_view area, std::string_view message, std::initializer_list<Field> fields = {})
{
    write(Level::warning, area, message, fields);
}
inline void error(std::string_view area, std::string_view message, std::initializer_list<Field> fields = {})
{
    write(Level::error, area, message, fields);
}

} // namespace tessera::log
