#include "family_list.h"

namespace tessera::text {

namespace {

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

} // namespace

std::string lowerCase(std::string_view text)
{
    std::string result(text);
    for (char& c : result)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return result;
}

std::vector<FamilyName> parseFamilyList(std::string_view list)
{
    std::vector<FamilyName> names;
    FamilyName current;
    char quote = 0;
    const auto finish = [&] {
        while (!current.quoted && !current.name.empty() && current.name.back() == ' ')
            current.name.pop_back();
        if (!current.name.empty()) {
            current.name = lowerCase(current.name);
            names.push_back(std::move(current));
        }
        current = {};
    };
    for (const char c : list) {
        if (quote != 0) {
            if (c == quote)
                quote = 0;
            else
                current.name += c;
        } else if (c == '"' || c == '\'') {
            quote = c;
            current.quoted = true;
            current.name.clear();
        } else if (c == ',') {
            finish();
        } else if (isBlank(c)) {
            if (!current.quoted && !current.name.empty() && current.name.back() != ' ')
                current.name += ' ';
        } else if (!current.quoted) {
            current.name += c;
        }
    }
    finish();
    return names;
}

std::optional<GenericFamily> genericFamily(std::string_view name)
{
    if (name == "sans-serif" || name == "system-ui" || name == "ui-sans-serif")
        return GenericFamily::sansSerif;
    if (name == "serif" || name == "ui-serif")
        return GenericFamily::serif;
    if (name == "monospace" || name == "ui-monospace")
        return GenericFamily::monospace;
    if (name == "cursive")
        return GenericFamily::cursive;
    if (name == "fantasy")
        return GenericFamily::fantasy;
    return std::nullopt;
}

} // namespace tessera::text
