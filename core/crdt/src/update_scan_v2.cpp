#include "update_scan_v2.h"

#include <cassert>

#include <core/crdt/any.h>

#include "delete_set_v2.h"
#include "read_struct.h"
#include "scan_clients.h"
#include "wire_writer.h"
#include "write_struct.h"

namespace tessera::crdt {
namespace {

constexpr std::uint64_t structsInAnyUpdate = std::uint64_t{4} << 20;
constexpr std::uint64_t structsPerByte = 16;

} // namespace

ByteView ScanStorage::put(Place place, ByteView bytes)
{
    m_entries.push_back({place, m_bytes.size(), bytes.size()});
    m_bytes.append(asText(bytes));
    return asBytes(std::string_view(m_bytes).substr(m_entries.back().start));
}

void ScanStorage::finish()
{
    std::sort(m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) { return a.place < b.place; });
}

ByteView ScanStorage::find(Place place) const
{
    const auto found = std::lower_bound(m_entries.begin(), m_entries.end(), place,
                                        [](const Entry& entry, const Place& wanted) { return entry.place < wanted; });
    if (found == m_entries.end() || found->place != place)
        return {};
    return asBytes(std::string_view(m_bytes).substr(found->start, found->size));
}

std::string_view StringColumn::take(std::size_t bytes)
{
    const std::string_view taken = m_text.substr(0, bytes);
    m_text.remove_prefix(bytes);
    return taken;
}

std::string_view StringColumn::next(WireReader& update, ScanStorage& storage, Clock& utf16Units)
{
    utf16Units = m_lengths.next(update);
    if (utf16Units == 0 || update.hasFailed())
        return {};
    const ScanStorage::Place start = place(ScanStorage::Part::text);
    const bool startsInsidePair = m_isInsidePair;
    const std::size_t units = utf16Units + startsInsidePair; // counted from the front of m_text
    const Utf16Position end = findUtf16Unit(m_text, units);
    if (end.byteOffset == m_text.size() && utf16Length(m_text) < units) {
        update.fail(DecodeErrc::truncated, static_cast<std::size_t>(asBytes(m_text).data() - update.begin()));
        return {};
    }
    std::string_view whole = take(end.byteOffset);
    m_isInsidePair = end.insidePair;
    if (!startsInsidePair && !end.insidePair)
        return whole;
    if (update.isTrusted())
        return asText(storage.find(start));
    std::string cut;
    if (startsInsidePair) {
        cut = replacementCharacter;
        whole.remove_prefix(4);
    }
    cut += whole;
    if (end.insidePair)
        cut += replacementCharacter;
    return asText(storage.put(start, asBytes(cut)));
}

SourceV2::SourceV2(ByteView update, ScanStorage& storage) : m_rest(update), m_storage(&storage)
{
    if (m_rest.varUint() != 0)
        m_rest.fail(DecodeErrc::unknownTag, 0);
    m_keyNumbers = StepColumn(m_rest.varBuffer());
    m_clients = UintColumn(m_rest.varBuffer());
    m_leftClocks = StepColumn(m_rest.varBuffer());
    m_rightClocks = StepColumn(m_rest.varBuffer());
    m_infos = RunColumn(m_rest.varBuffer());
    const ByteView strings = m_rest.varBuffer();
    WireReader stringReader(strings, static_cast<std::size_t>(strings.data() - update.data()));
    const std::string_view text = stringReader.varString();
    if (stringReader.hasFailed() && !m_rest.hasFailed())
        m_rest.fail(stringReader.error().code, stringReader.error().offset);
    m_strings = StringColumn(text, UintColumn(stringReader.bytes(stringReader.remaining())));
    m_parentInfos = RunColumn(m_rest.varBuffer());
    m_typeRefs = UintColumn(m_rest.varBuffer());
    m_lengths = UintColumn(m_rest.varBuffer());
}

std::string_view SourceV2::key()
{
    const std::uint64_t keyNumber = m_keyNumbers.next(m_rest);
    if (keyNumber >= m_keyCount) {
        ++m_keyCount;
        const std::string_view key = text();
        if (m_storage->collectsKeys)
            m_storage->keys.push_back(key);
        return key;
    }
    if (!m_rest.isTrusted())
        m_storage->usesKeyNumbers = true;
    return keyNumber < m_storage->keys.size() ? m_storage->keys[keyNumber] : std::string_view();
}

ByteView SourceV2::jsonTexts(std::uint64_t count)
{
    const ScanStorage::Place start = m_strings.place(ScanStorage::Part::jsonTexts);
    WireWriter texts;
    for (std::uint64_t i = 0; i < count && !m_rest.hasFailed(); ++i) {
        const std::size_t at = m_rest.offset();
        const std::string_view one = text();
        if (m_rest.isTrusted())
            continue;
        if (!m_rest.hasFailed() && !parseJson(one))
            m_rest.fail(DecodeErrc::malformed, at);
        texts.varString(one);
    }
    if (m_rest.isTrusted())
        return m_storage->find(start);
    return count > 0 && !m_rest.hasFailed() ? m_storage->put(start, texts.view()) : ByteView();
}

template class StructCursor<SourceV2>;

namespace {

Result<ScannedUpdate<CursorV2>, DecodeError> scanLimited(ByteView update, std::uint64_t structLimit)
{
    const auto storage = std::make_shared<ScanStorage>();
    const SourceV2 start(update, *storage);
    SourceV2 source = start;
    auto scanned = scanUpdate(update, source, structLimit, readDeleteSetV2);
    if (!scanned)
        return scanned;
    storage->finish();
    if (storage->usesKeyNumbers) {
        if (source.keyCount() > update.size())
            return fail(DecodeError{DecodeErrc::tooLarge, 0});
        storage->collectsKeys = true;
        SourceV2 again = start;
        again.trust(source);
        scanClients(again, structLimit, [](const auto&) {});
        storage->collectsKeys = false;
    }
    scanned->storage = storage;
    return scanned;
}

} // namespace

Result<ScannedUpdate<CursorV2>, DecodeError> scanUpdateV2(ByteView update)
{
    return scanLimited(update, structsInAnyUpdate + structsPerByte * update.size());
}

ScannedUpdate<CursorV2> scanOwnUpdateV2(ByteView update)
{
    auto scanned = scanLimited(update, maxClock);
    assert(scanned.hasValue());
    return std::move(scanned).value();
}

} // namespace tessera::crdt
