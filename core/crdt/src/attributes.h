#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "item.h"

namespace tessera::crdt {

/// Formatting attributes by key in the order they were first set, like a JavaScript Map: the order fixes the order
/// of the format items that are written.
class AttributeMap
{
public:
    /// The value; null (the JSON one) when there is none, because "no attribute" and null are the same.
    [[nodiscard]] Any get(std::string_view key) const
    {
        const auto* found = find(key);
        return found ? found->second : Any(nullptr);
    }
    [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
    void set(std::string_view key, Any value)
    {
        for (auto& entry : m_entries) {
            if (entry.first == key) {
                entry.second = std::move(value);
                return;
            }
        }
        m_entries.emplace_back(key, std::move(value));
    }
    void remove(std::string_view key)
    {
        std::erase_if(m_entries, [&](const auto& entry) { return entry.first == key; });
    }
    /// What a reader knows after passing this format item.
    void apply(const FormatContent& format)
    {
        if (format.value.isNull())
            remove(format.key);
        else
            set(format.key, format.value);
    }
    [[nodiscard]] bool isEmpty() const { return m_entries.empty(); }
    [[nodiscard]] const Any::Object& entries() const { return m_entries; }

private:
    [[nodiscard]] const std::pair<std::string, Any>* find(std::string_view key) const
    {
        for (const auto& entry : m_entries) {
            if (entry.first == key)
                return &entry;
        }
        return nullptr;
    }

    Any::Object m_entries;
};

/// JavaScript's ===: objects, arrays and bytes are equal only to themselves.
[[nodiscard]] inline bool strictlyEqual(const Any& a, const Any& b)
{
    if (a.object() || a.array() || a.bytes())
        return a.object() == b.object() && a.array() == b.array() && a.bytes() == b.bytes();
    if (a.number() && b.number())
        return *a.number() == *b.number();
    return a == b;
}

/// How Yjs compares formatting values: objects, arrays and bytes by their members, and those strictly.
[[nodiscard]] inline bool equalAttributes(const Any& a, const Any& b)
{
    if (a.array() && b.array())
        return std::equal(a.array()->begin(), a.array()->end(), b.array()->begin(), b.array()->end(), strictlyEqual);
    if (a.object() && b.object()) {
        return a.object()->size() == b.object()->size() &&
               std::all_of(a.object()->begin(), a.object()->end(), [&](const auto& member) {
                   const Any* other = b.find(member.first);
                   return other && strictlyEqual(member.second, *other);
               });
    }
    return a.bytes() && b.bytes() ? *a.bytes() == *b.bytes() : strictlyEqual(a, b);
}

} // namespace tessera::crdt
