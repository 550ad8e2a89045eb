#include <QtTest>

#include <core/base/utf.h>

#include "any_codec.h"
#include "branch.h"
#include "content.h"
#include "item.h"
#include "seeds.h"
#include "write_struct.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

/// Text that tells where each byte stood.
std::string digits(std::size_t size)
{
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
        text += char('!' + i % 90);
    return text;
}

Bytes writtenBy(const std::function<void(WireWriter&)>& write)
{
    WireWriter writer;
    write(writer);
    return writer.copy();
}

Any nested(int depth)
{
    Any value("core");
    for (int i = 0; i < depth; ++i)
        value = i % 2 ? Any(Any::Array{value, Any(i)}) : Any(Any::Object{{"in", value}});
    return value;
}

std::vector<std::pair<const char*, Any>> valuesOfAllKinds()
{
    return {{"undefined", Any()},
            {"null", nullptr},
            {"true", true},
            {"false", false},
            {"zero", 0},
            {"minus zero", -0.0},
            {"small", 63},
            {"negative", -64},
            {"31 bits", 0x7fffffff},
            {"32 bits", std::uint64_t{0x80000000}},
            {"a fraction that float32 holds", 0.5},
            {"a fraction of 64 bits", 0.1},
            {"not a number", std::nan("")},
            {"infinity", HUGE_VAL},
            {"the largest integer", std::uint64_t{(1ull << 53) - 1}},
            {"a big integer", Any::BigInt{INT64_MIN}},
            {"another", Any::BigInt{-1}},
            {"no text", ""},
            {"13 bytes", digits(13)},
            {"14 bytes", digits(14)},
            {"15 bytes", digits(15)},
            {"long text", digits(3000)},
            {"text with a zero byte", std::string("a\0b", 3)},
            {"astral text", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"},
            {"no bytes", Bytes{}},
            {"bytes", Bytes{0, 255, 128}},
            {"an empty array", Any::Array{}},
            {"an array", Any::Array{Any(1), Any("two"), nullptr, Any()}},
            {"an empty object", Any::Object{}},
            {"an object", Any::Object{{"b", 1}, {"a", "x"}, {"7", true}}},
            {"deep", nested(60)}};
}

void addValueRows()
{
    QTest::addColumn<int>("index");
    const auto values = valuesOfAllKinds();
    for (std::size_t i = 0; i < values.size(); ++i)
        QTest::newRow(values[i].first) << int(i);
}

} // namespace

/// Values in 16 bytes: text inside and outside, shared, cut and grown; everything else there and back.
class PackedAnyTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void anyValueIsPackedAndWrittenAsItIs_data() { addValueRows(); }
    void anyValueIsPackedAndWrittenAsItIs()
    {
        QFETCH(int, index);
        const Any value = valuesOfAllKinds()[std::size_t(index)].second;
        const PackedAny packed(value);
        QVERIFY(packed.toAny() == value);
        const Bytes plain = writtenBy([&](WireWriter& writer) { writeAny(writer, value); });
        QCOMPARE(writtenBy([&](WireWriter& writer) { packed.write(writer); }), plain);
        WireReader reader(plain);
        const PackedAny read = PackedAny::read(reader);
        QVERIFY(reader.atEnd() && !reader.hasFailed());
        QVERIFY(read.toAny() == value);
        QCOMPARE(read.isText(), value.string() != nullptr);
        QCOMPARE(read.text(), value.string() ? std::string_view(*value.string()) : std::string_view());
    }

    void aCopyIsAValueOfItsOwn_data() { addValueRows(); }
    void aCopyIsAValueOfItsOwn()
    {
        QFETCH(int, index);
        const Any value = valuesOfAllKinds()[std::size_t(index)].second;
        PackedAny copy;
        {
            PackedAny first(value);
            copy = first.copy();
            PackedAny second = std::move(first);
            QVERIFY(second.toAny() == value && first.toAny().isUndefined());
            second = PackedAny(Any(1));
        }
        QVERIFY(copy.toAny() == value);
    }

    void malformedTextBecomesReplacementCharacters()
    {
        QCOMPARE(PackedAny(Any("a\xff")).text(), std::string_view("a\xef\xbf\xbd"));
    }

    void textIsCutAndJoinedAtAnySize_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {0, 1, 13, 14, 15, 16, 27, 28, 29, 30, 31, 100})
            QTest::addRow("%d bytes", size) << size;
    }
    void textIsCutAndJoinedAtAnySize()
    {
        QFETCH(int, size);
        const std::string whole = digits(std::size_t(size));
        for (std::size_t at = 0; at <= whole.size(); ++at) {
            PackedAny left = PackedAny::ofText(whole);
            PackedAny right = left.cutText(at);
            QCOMPARE(left.text(), std::string_view(whole).substr(0, at));
            QCOMPARE(right.text(), std::string_view(whole).substr(at));
            PackedAny copy = right.copy();
            left.appendText(right.text());
            QCOMPARE(left.text(), std::string_view(whole));
            right.appendText("more");
            left.appendText("other");
            QCOMPARE(left.text(), std::string_view(whole + "other"));
            QCOMPARE(right.text(), std::string_view(whole.substr(at) + "more"));
            QCOMPARE(copy.text(), std::string_view(whole).substr(at));
        }
    }

    void slicesOfOneBufferDoNotGrowIntoEachOther()
    {
        PackedAny first = PackedAny::ofText(digits(100));
        first.appendText("grown"); // room behind it now
        PackedAny copy = first.copy();
        PackedAny tail = first.cutText(50);
        first.appendText("A");
        tail.appendText("B");
        copy.appendText("C");
        const std::string whole = digits(100) + "grown";
        QCOMPARE(first.text(), std::string_view(whole.substr(0, 50) + "A"));
        QCOMPARE(tail.text(), std::string_view(whole.substr(50) + "B"));
        QCOMPARE(copy.text(), std::string_view(whole + "C"));
        first = PackedAny();
        copy = PackedAny();
        tail.appendText(digits(200));
        QCOMPARE(tail.text(), std::string_view(whole.substr(50) + "B" + digits(200)));
    }

    void anyCutsAndJoinsAreThoseOfAString_data() { addSeedRows(20); }
    void anyCutsAndJoinsAreThoseOfAString()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        std::vector<std::pair<PackedAny, std::string>> texts;
        for (int step = 0; step < 3000; ++step) {
            if (texts.size() < 2 || random.below(8) == 0) {
                const std::string text = digits(random.below(60));
                texts.emplace_back(PackedAny::ofText(text), text);
                continue;
            }
            auto& [packed, model] = texts[random.below(texts.size())];
            switch (random.below(5)) {
            case 0: {
                const std::size_t at = random.below(model.size() + 1);
                std::pair<PackedAny, std::string> tail{packed.cutText(at), model.substr(at)};
                model.resize(at);
                texts.push_back(std::move(tail));
                break;
            }
            case 1:
            case 2: {
                const auto& [other, text] = texts[random.below(texts.size())];
                if (&other == &packed || model.size() + text.size() > 2000)
                    break;
                packed.appendText(other.text());
                model += text;
                break;
            }
            case 3: {
                std::pair<PackedAny, std::string> copy{packed.copy(), model};
                texts.push_back(std::move(copy));
                break;
            }
            default:
                std::swap(texts.back(), texts[random.below(texts.size())]);
                texts.pop_back();
            }
            if (step % 50 == 0) {
                for (const auto& [text, expected] : texts)
                    QCOMPARE(text.text(), std::string_view(expected));
            }
        }
    }
};

/// What a struct holds: cut, joined, copied and written by kind.
class ContentTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void listsOfValuesAreCutAndJoined_data()
    {
        QTest::addColumn<int>("count");
        for (const int count : {2, 3, 4, 10})
            QTest::addRow("%d values", count) << count;
    }
    void listsOfValuesAreCutAndJoined()
    {
        QFETCH(int, count);
        std::vector<Any> values;
        for (int i = 0; i < count; ++i)
            values.push_back(i % 3 == 0 ? Any(digits(std::size_t(20 + i))) : i % 3 == 1 ? Any(i) : Any(Any::Array{Any(i)}));
        for (int at = 1; at < count; ++at) {
            Content left = Content::ofValues(values);
            Content right = left.splitAt(Clock(at), Clock(count));
            for (int i = 0; i < count; ++i)
                QVERIFY((i < at ? left.value(std::size_t(i)) : right.value(std::size_t(i - at))) == values[std::size_t(i)]);
            QVERIFY(left.canAppend(right));
            const Content copy = right.copy();
            left.append(std::move(right));
            for (int i = 0; i < count; ++i)
                QVERIFY(left.value(std::size_t(i)) == values[std::size_t(i)]);
            QVERIFY(copy.value(0) == values[std::size_t(at)]);
            for (int from = 0; from < count; ++from) {
                const Bytes expected = writtenBy([&](WireWriter& writer) {
                    for (int i = from; i < count; ++i)
                        writeAny(writer, values[std::size_t(i)]);
                });
                QCOMPARE(writtenBy([&](WireWriter& writer) { left.writeValues(writer, std::size_t(from)); }), expected);
            }
        }
    }

    void singleValuesJoinToAList()
    {
        Content content = Content::ofValue(Any(digits(40)));
        content.append(Content::ofValue(Any(2)));
        content.append(Content::ofValues({Any(3), Any("four")}));
        content.append(Content::ofValue(nullptr));
        QCOMPARE(content.kind(), ContentKind::any);
        QVERIFY(content.value(0) == Any(digits(40)) && content.value(1) == Any(2) && content.value(2) == Any(3));
        QVERIFY(content.value(3) == Any("four") && content.value(4).isNull());
        Content rest = content.splitAt(1, 5);
        QVERIFY(content.value() == Any(digits(40)));
        QVERIFY(rest.value(3).isNull());
    }

    void textIsCutAtUnitsNotBytes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("one byte a unit") << "abcdefghijklmnopqrstuvwxyz";
        QTest::newRow("two bytes a unit") << QString(20, QChar(0xe9));
        QTest::newRow("three bytes a unit") << QString(12, QChar(0x4e2d));
        QTest::newRow("mixed") << QString::fromUtf8("a\xc3\xa9\xe4\xb8\xad" "b\xe2\x82\xac" "cd");
    }
    void textIsCutAtUnitsNotBytes()
    {
        QFETCH(QString, text);
        for (int at = 1; at < text.size(); ++at) {
            Content left = Content::ofText(text.toStdString());
            Content right = left.splitAt(Clock(at), Clock(text.size()));
            QCOMPARE(left.text(), std::string_view(text.left(at).toStdString()));
            QCOMPARE(right.text(), std::string_view(text.mid(at).toStdString()));
            left.append(std::move(right));
            QCOMPARE(left.text(), std::string_view(text.toStdString()));
        }
    }

    void aPairCutInTwoIsReplacedOnBothSides_data()
    {
        QTest::addColumn<int>("before");
        QTest::addColumn<int>("after");
        for (const int before : {0, 1, 10, 11, 14, 15, 40}) {
            for (const int after : {0, 1, 10, 11, 12, 40})
                QTest::addRow("%d before, %d after", before, after) << before << after;
        }
    }
    void aPairCutInTwoIsReplacedOnBothSides()
    {
        QFETCH(int, before);
        QFETCH(int, after);
        const std::string head = digits(std::size_t(before)), tail = digits(std::size_t(after));
        Content left = Content::ofText(head + "\xf0\x9f\x98\x80" + tail);
        const Content kept = left.copy();
        Content right = left.splitAt(Clock(before + 1), Clock(before + 2 + after));
        QCOMPARE(left.text(), std::string_view(head + "\xef\xbf\xbd"));
        QCOMPARE(right.text(), std::string_view("\xef\xbf\xbd" + tail));
        QCOMPARE(utf16Length(left.text()), std::size_t(before + 1));
        QCOMPARE(utf16Length(right.text()), std::size_t(after + 1));
        QCOMPARE(kept.text(), std::string_view(head + "\xf0\x9f\x98\x80" + tail));
    }

    void onlySomeKindsJoin()
    {
        const auto join = [](const Content& a, const Content& b) { return a.canAppend(b); };
        QVERIFY(join(Content::ofText("a"), Content::ofText("b")));
        QVERIFY(join(Content::ofValue(1), Content::ofValues({Any(2), Any(3)})));
        QVERIFY(join(Content::ofKind(ContentKind::deleted), Content::ofKind(ContentKind::deleted)));
        QVERIFY(join(Content::ofKind(ContentKind::gc), Content::ofKind(ContentKind::gc)));
        QVERIFY(!join(Content::ofText("a"), Content::ofValue("a")));
        QVERIFY(!join(Content::ofKind(ContentKind::gc), Content::ofKind(ContentKind::deleted)));
        QVERIFY(!join(Content::ofBinary(Bytes{1}), Content::ofBinary(Bytes{2})));
        QVERIFY(!join(Content::ofEmbed(1), Content::ofEmbed(2)));
        QVERIFY(!join(Content::ofFormat("b", true), Content::ofFormat("b", true)));
        QVERIFY(!join(Content::ofType(std::make_unique<Branch>()), Content::ofType(std::make_unique<Branch>())));
        QVERIFY(!join(Content::ofSubdocument("g", {}), Content::ofSubdocument("g", {})));
    }

    void copiesOfEachKindSayTheSame()
    {
        const Content format = Content::ofFormat("bold", Any::Array{Any(1)});
        QCOMPARE(format.copy().format().key, std::string("bold"));
        QVERIFY(format.copy().format().value == format.format().value);
        QVERIFY(!format.copy().isCountable());
        const Content document = Content::ofSubdocument("guid", Any::Object{{"a", 1}});
        QCOMPARE(document.copy().subdocument().guid, std::string("guid"));
        QVERIFY(document.copy().subdocument().options == document.subdocument().options);
        QVERIFY(Content::ofBinary(Bytes{1, 2}).copy().value() == Any(Bytes{1, 2}));
        QVERIFY(Content::ofEmbed("e").copy().value() == Any("e"));
        auto branch = std::make_unique<Branch>();
        branch->kind = TypeKind::text;
        branch->length = 7;
        const Content type = Content::ofType(std::move(branch));
        const Content copy = type.copy();
        QVERIFY(copy.branch() != type.branch());
        QCOMPARE(*copy.branch()->kind, TypeKind::text);
        QCOMPARE(copy.branch()->length, Clock{0});
    }

    void aTypeIsTakenOutOnce()
    {
        Content content = Content::ofType(std::make_unique<Branch>());
        Branch* branch = content.branch();
        const std::unique_ptr<Branch> taken = content.takeBranch();
        QCOMPARE(taken.get(), branch);
        QCOMPARE(content.kind(), ContentKind::deleted);
        QVERIFY(!content.branch());
    }

    void contentMovesOverOtherContent()
    {
        Content content = Content::ofType(std::make_unique<Branch>());
        content = Content::ofValues({Any(1), Any(2)});
        content = Content::ofText(digits(50));
        content = Content::ofFormat("b", true);
        Content other = std::move(content);
        QCOMPARE(other.format().key, std::string("b"));
        other = Content();
        QCOMPARE(other.kind(), ContentKind::gc);
        Content& itself = other;
        other = Content::ofText(digits(50));
        other = std::move(itself);
        QCOMPARE(other.text(), std::string_view(digits(50)));
    }
};

int main(int argc, char** argv)
{
    PackedAnyTest packed;
    ContentTest content;
    return QTest::qExec(&packed, argc, argv) | QTest::qExec(&content, argc, argv);
}
#include "content_test.moc"
