#include <core/base/log.h>

#include <atomic>
#include <cstdio>
#include <string>

#include <core/base/clock.h>
#include <core/base/utf.h>

namespace tessera::log {
namespace {

std::atomic<Level> lowestLevel{Level::info};

void appendJsonString(std::string& out, std::string_view text)
{
    out += '"';
    for (const char c : toValidUtf8(text)) {
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (static_cast<unsigned char>(c) < 0x20)
            out += ' ';
        else
            out += c;
    }
    out += '"';
}

std::string_view levelName(Level level)
{
    switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
    }
    return "";
}

} // namespace

void setLevel(Level level) { lowestLevel = level; }

void write(Level level, std::string_view area, std::string_view message, std::initializer_list<Field> fields)
{
    if (level < lowestLevel.load(std::memory_order_relaxed))
        return;
    std::string line = "{\"ts\":" + std::to_string(SystemClock{}.wallMs()) + ",\"level\":\"";
    line += levelName(level);
    line += "\",\"area\":";
    appendJsonString(line, area);
    line += ",\"msg\":";
    appendJsonString(line, message);
    for (const Field& field : fields) {
        line += ',';
        appendJsonString(line, field.key);
        line += ':';
        appendJsonString(line, field.value);
    }
    line += "}\n";
    std::fwrite(line.data(), 1, line.size(), stderr); // one call, so that lines of two threads do not mix
}

} // namespace tessera::log
