#pragma once

#include <string>

namespace tessera::crdt {
class Doc;
}

namespace tessera::document {

/// One JSON object of the known roots. Object members ascend by bytes and leave out undefined ones; a Y.Text is
/// {"text": [{"insert", "attributes"?}...]} with equal neighbours joined; everything else as JSON.stringify writes it.
[[nodiscard]] std::string canonicalJsonOf(crdt::Doc& doc);

} // namespace tessera::document
