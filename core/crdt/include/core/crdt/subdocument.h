#pragma once

#include <string>

#include <core/crdt/any.h>
#include <core/crdt/id.h>

/// Documents inside documents. A document holds of a sub-document only its guid and options; its
/// content is another Doc, which the application makes, keeps and syncs under the guid. Plain
/// values. See events.h for what tells of them.
namespace tessera::crdt {

/// Travels with the parent document.
struct SubdocumentOptions {
    bool gc = true;        ///< the sub-document collects deleted content
    bool autoLoad = false; ///< every replica of the parent wants the content at once
    Any meta;              ///< anything; undefined and null: none
    friend bool operator==(const SubdocumentOptions&, const SubdocumentOptions&) = default;
};

/// One sub-document as the parent holds it.
struct Subdocument {
    Id id; ///< of the parent's struct that holds it: the same guid may stand in several places
    std::string guid; ///< names the content
    SubdocumentOptions options;
    bool shouldLoad =
        false; ///< this replica wants the content: made here, loaded here, or autoLoad
    friend bool operator==(const Subdocument&, const Subdocument&) = default;
};

/// A sub-document to be put into a map, an array or an XML type. The guid must be new for new
/// content.
struct NewSubdocument {
    std::string guid;
    SubdocumentOptions options;
    bool shouldLoad = true; ///< of this replica; does not travel
};

} // namespace tessera::crdt
