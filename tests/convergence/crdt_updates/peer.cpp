// Merges, cuts and converts updates for run.mjs. One command per line in, one answer per line out, bytes in hex:
//   merge v1|v2 UPDATE...    diff v1|v2 UPDATE VECTOR    convert v1|v2 v1|v2 UPDATE    vector v1|v2 UPDATE
// An update that cannot be read is answered by the reason.
#include <iostream>
#include <sstream>
#include <string>

#include <core/crdt/update.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

Bytes nextBytes(std::istream& words)
{
    std::string hex;
    words >> hex;
    return fromHex(hex).value_or(Bytes());
}

UpdateFormat nextFormat(std::istream& words)
{
    std::string name;
    words >> name;
    return name == "v2" ? UpdateFormat::v2 : UpdateFormat::v1;
}

Result<Bytes, DecodeError> answerTo(std::istream& words)
{
    std::string what;
    words >> what;
    const UpdateFormat format = nextFormat(words);
    if (what == "merge") {
        std::vector<Bytes> updates;
        for (std::string hex; words >> hex;)
            updates.push_back(fromHex(hex).value_or(Bytes()));
        return mergeUpdates(updates, format);
    }
    if (what == "diff") {
        const Bytes update = nextBytes(words);
        TESSERA_TRY(known, decodeStateVector(nextBytes(words)));
        return diffUpdate(update, known, format);
    }
    if (what == "convert") {
        const UpdateFormat to = nextFormat(words);
        return convertUpdate(nextBytes(words), format, to);
    }
    TESSERA_TRY(vector, stateVectorOf(nextBytes(words), format));
    return encodeStateVector(vector);
}

} // namespace

int main()
{
    std::ios::sync_with_stdio(false);
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        const auto answer = answerTo(words);
        std::cout << (answer ? toHex(answer.value()) : describe(answer.error())) << '\n';
    }
}
