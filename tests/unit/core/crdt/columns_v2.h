#pragma once

#include <initializer_list>
#include <string>

#include <core/base/bytes.h>

/// An update v2 from its columns, for updates that no encoder writes. Hex, but for the text of the strings.
struct ColumnsV2 {
    std::string keyNumbers;
    std::string clients;
    std::string leftClocks;
    std::string rightClocks;
    std::string infos;
    std::string strings; ///< UTF-8
    std::string stringLengths;
    std::string parentInfos;
    std::string typeRefs;
    std::string lengths;
    std::string rest;

    [[nodiscard]] tessera::Bytes bytes() const
    {
        using tessera::fromHex;
        tessera::ByteWriter text;
        text.writeVarBuffer(tessera::asBytes(strings));
        text.writeBytes(fromHex(stringLengths).value());
        tessera::ByteWriter out;
        out.writeByte(0);
        for (const std::string* column : {&keyNumbers, &clients, &leftClocks, &rightClocks, &infos})
            out.writeVarBuffer(fromHex(*column).value());
        out.writeVarBuffer(text.bytes());
        for (const std::string* column : {&parentInfos, &typeRefs, &lengths})
            out.writeVarBuffer(fromHex(*column).value());
        out.writeBytes(fromHex(rest).value());
        return out.take();
    }
};
