#pragma once

#include <string>
#include <string_view>

#include <core/crdt/doc.h>
#include <core/crdt/events.h>

/// What an edit means to a document of ours, and what a document and an event look like as JSON;
/// edits.mjs says the same for yjs. Used by the twin histories and by the tests that replay golden
/// scripts.
namespace tessera::crdt::test {

/// Members of a command; zero and empty when absent.
[[nodiscard]] std::size_t numberOf(const Any& object, std::string_view key);
[[nodiscard]] std::string textOf(const Any& object, std::string_view key);

/// The root's name, whose first letter tells its kind, then keys and indexes.
[[nodiscard]] SharedType typeAt(Doc& doc, const Any::Array& path);
[[nodiscard]] SharedType rootOf(Doc& doc, const std::string& name);

void apply(Transaction& transaction, const Any& edit);

[[nodiscard]] std::string_view kindName(TypeKind kind);
[[nodiscard]] Any dump(const Value& value);
[[nodiscard]] Any dump(const std::vector<TextRun>& runs);
/// The whole content of the named roots.
[[nodiscard]] Any dump(Doc& doc, const Any::Array& names);
/// Types are named only: what was deleted reads as empty.
[[nodiscard]] Any dumpNamed(const Value& value);
[[nodiscard]] Any dump(const TypeEvent& event);
[[nodiscard]] Any dump(const SubdocumentsEvent& event);

} // namespace tessera::crdt::test
