#include <QtTest>

#include <collab/session/sync_record.h>

using namespace tessera;
using namespace tessera::collab;
using crdt::ClientId;

class SyncRecordTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void survivesARoundTrip();
    void brokenRecordsAreErrors();
    void anExtentGrowsWithEveryKindOfEdit();
    void equalContentHasEqualExtent();
    void extentsAreComparedByClientAndDeletions();
};

void SyncRecordTest::survivesARoundTrip()
{
    const SyncRecord record{42, {{{ClientId{7}, 300}, {ClientId{9'007'199'254'740'991}, 1}}, 12}};
    const Bytes bytes = encodeSyncRecord(record);
    QCOMPARE(bytes.front(), std::uint8_t{1});
    const auto decoded = decodeSyncRecord(bytes);
    QVERIFY(decoded);
    QCOMPARE(*decoded, record);
}

void SyncRecordTest::brokenRecordsAreErrors()
{
    const Bytes bytes = encodeSyncRecord({1, {{{ClientId{7}, 300}}, 2}});
    for (std::size_t length = 0; length < bytes.size(); ++length)
        QVERIFY(!decodeSyncRecord(ByteView{bytes}.first(length)));
    Bytes longer = bytes;
    longer.push_back(0);
    QCOMPARE(decodeSyncRecord(longer).error(), (DecodeError{DecodeErrc::trailingBytes, bytes.size()}));
    Bytes later = bytes;
    later.front() = 2;
    QCOMPARE(decodeSyncRecord(later).error(), (DecodeError{DecodeErrc::unknownTag, 0}));
}

void SyncRecordTest::anExtentGrowsWithEveryKindOfEdit()
{
    crdt::Doc doc{{ClientId{5}, true}};
    QCOMPARE(extentOf(doc), DocExtent{});
    auto text = doc.text("t");
    doc.transact({}, [&](crdt::Transaction& transaction) { text.insert(transaction, 0, "abc"); });
    const DocExtent written = extentOf(doc);
    QCOMPARE(written, (DocExtent{{{ClientId{5}, 3}}, 0}));
    doc.transact({}, [&](crdt::Transaction& transaction) { text.remove(transaction, 1, 1); });
    const DocExtent cut = extentOf(doc);
    QCOMPARE(cut, (DocExtent{{{ClientId{5}, 3}}, 1}));
    QVERIFY(written.isWithin(cut));
    QVERIFY(!cut.isWithin(written)); // a deletion alone is a change, though no clock moves
}

void SyncRecordTest::equalContentHasEqualExtent()
{
    crdt::Doc a{{ClientId{5}, true}};
    crdt::Doc b{{ClientId{6}, true}};
    for (int i = 0; i < 20; ++i) {
        crdt::Doc& doc = i % 2 == 0 ? a : b;
        doc.transact({}, [&](crdt::Transaction& transaction) { doc.map("m").set(transaction, "k" + std::to_string(i % 3), i); });
    }
    QVERIFY(a.applyUpdate(b.encodeStateAsUpdate()));
    QVERIFY(b.applyUpdate(a.encodeStateAsUpdate()));
    QCOMPARE(extentOf(a), extentOf(b));
    crdt::Doc c;
    QVERIFY(c.applyUpdate(a.encodeStateAsUpdate()));
    QCOMPARE(extentOf(c), extentOf(a));
}

void SyncRecordTest::extentsAreComparedByClientAndDeletions()
{
    const DocExtent small{{{ClientId{1}, 5}}, 2};
    QVERIFY(small.isWithin(small));
    QVERIFY(small.isWithin({{{ClientId{1}, 6}, {ClientId{2}, 1}}, 2}));
    QVERIFY(!small.isWithin({{{ClientId{1}, 4}}, 2}));
    QVERIFY(!small.isWithin({{{ClientId{2}, 9}}, 2}));
    QVERIFY(!small.isWithin({{{ClientId{1}, 5}}, 1}));
    QVERIFY(DocExtent{}.isWithin(DocExtent{}));
    QVERIFY((DocExtent{{{ClientId{3}, 0}}, 0}).isWithin(DocExtent{}));
}

QTEST_APPLESS_MAIN(SyncRecordTest)
#include "sync_record_test.moc"
