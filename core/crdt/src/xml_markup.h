#pragma once

#include <string>

#include <core/crdt/xml.h>

/// XML types as text, as Yjs' toString writes them.
namespace tessera::crdt {

struct Store;

/// The name it was made with, or the one that a root has.
[[nodiscard]] std::string nodeNameOf(const Store& store, const Branch& branch);

/// Of a fragment, an element or an XML text; else what JavaScript's String() makes of the type.
[[nodiscard]] std::string markupOf(const SharedType& type);

} // namespace tessera::crdt
