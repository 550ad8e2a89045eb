#include <QtTest>

#include <appliance/workers/messages.h>
#include <core/base/random.h>

using namespace tessera;
using namespace tessera::appliance;

namespace {

std::vector<WorkerMessage> samples()
{
    return {RunJob{"job", 2, {1, 2, 3}},
            CancelJob{"job", 2},
            WorkerReady{{{"m", "Model", "diffusion", ModelOutput::image, std::string(64, 'a'), 8, 2048}}, "note"},
            JobStep{"job", 1, 3, 8, {9, 9}},
            JobDone{"job", 1, {4, 5}, "[]", "{}"},
            JobFailed{"job", 1, {"code", "detail"}}};
}

} // namespace

class MessagesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyMessageReadsBackTheSameHoweverTheStreamIsCut()
    {
        Bytes stream;
        for (const WorkerMessage& message : samples()) {
            const Bytes frame = encodeFrame(message);
            stream.insert(stream.end(), frame.begin(), frame.end());
        }
        for (std::size_t piece = 1; piece <= stream.size(); piece += 3) {
            FrameReader reader(maxFrameFromWorkerBytes);
            std::vector<WorkerMessage> read;
            for (std::size_t at = 0; at < stream.size(); at += piece) {
                reader.append(ByteView(stream).subspan(at, std::min(piece, stream.size() - at)));
                while (auto next = reader.next().value())
                    read.push_back(std::move(*next));
            }
            QVERIFY(read == samples());
        }
    }

    void aFrameOverTheBoundIsRefusedFromItsLengthAlone()
    {
        FrameReader reader(1000);
        reader.append(Bytes{0xe9, 0x03, 0, 0}); // 1001
        QCOMPARE(reader.next().error().code, DecodeErrc::tooLarge);
    }

    void truncatedAndLongerBodiesAreErrors()
    {
        for (const WorkerMessage& message : samples()) {
            const Bytes frame = encodeFrame(message);
            const ByteView body = ByteView(frame).subspan(4);
            for (std::size_t length = 0; length < body.size(); ++length)
                QVERIFY(!decodeMessage(body.first(length)));
            Bytes longer(body.begin(), body.end());
            longer.push_back(0);
            QVERIFY(!decodeMessage(longer));
        }
    }

    void unknownKindsAreErrors() { QCOMPARE(decodeMessage(Bytes{77, 0, 0}).error().code, DecodeErrc::unknownTag); }

    void randomBytesNeverReadAsAMessageThatWritesDifferently()
    {
        SeededRandom random(5);
        for (int i = 0; i < 20'000; ++i) {
            Bytes body(random.below(40));
            random.fill(body);
            if (!body.empty())
                body[0] = static_cast<std::uint8_t>(1 + random.below(6));
            if (const auto message = decodeMessage(body))
                QVERIFY(decodeMessage(ByteView(encodeFrame(*message)).subspan(4)).value() == *message);
        }
    }
};

QTEST_APPLESS_MAIN(MessagesTest)
#include "messages_test.moc"
