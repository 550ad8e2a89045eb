#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <appliance/runtimes/tokenizer.h>

// A prompt always becomes exactly length() ids that begin and end as they must; files of a model that are damaged are an
// error. The input is "vocabulary \0 merges \0 prompt"; without a zero byte it is a prompt for a fixed vocabulary.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera::appliance;
    std::string_view input{reinterpret_cast<const char*>(data), size};
    std::string_view vocabulary = R"({"a":0,"b</w>":1,"ab</w>":2,"c</w>":3,"<|startoftext|>":4,"<|endoftext|>":5})";
    std::string_view merges = "#version: 0.2\na b</w>\n";
    if (const std::size_t first = input.find('\0'); first != std::string_view::npos) {
        const std::size_t second = std::min(input.find('\0', first + 1), size);
        vocabulary = input.substr(0, first);
        merges = input.substr(first + 1, second - first - 1);
        input = input.substr(std::min(second + 1, size));
    }
    const auto tokenizer = Tokenizer::create(vocabulary, merges, "", "");
    if (!tokenizer) {
        if (tokenizer.error().empty())
            std::abort();
        return 0;
    }
    const auto ids = tokenizer->encode(input);
    const auto empty = tokenizer->encode("");
    if (ids.size() != tokenizer->length() || ids.front() != empty.front() || std::find(ids.begin() + 1, ids.end(), empty[1]) == ids.end())
        std::abort();
    return 0;
}
