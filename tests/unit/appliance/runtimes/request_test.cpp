#include <QtTest>

#include <appliance/runtimes/generation.h>

using namespace tessera;
using namespace tessera::appliance;

class RequestTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aStoredRequestReadsBackTheSame()
    {
        const GenerationRequest request{"m", "prompt \u00e4", "neg", {"#fff", "#000000"}, 640, 480, UINT64_MAX, 12, 7.5, "Ada"};
        QCOMPARE(decodeRequest(encodeRequest(request)).value(), request);
    }
    void everyTruncationIsAnError()
    {
        const Bytes bytes = encodeRequest({"m", "p", "", {"#fff"}, 64, 64, 1, 2, 0, ""});
        for (std::size_t length = 0; length < bytes.size(); ++length)
            QVERIFY(!decodeRequest(ByteView(bytes).first(length)));
    }
    void trailingBytesAndOtherFormatsAreErrors()
    {
        Bytes bytes = encodeRequest({"m", "p", "", {}, 64, 64, 1, 2, 0, ""});
        bytes.push_back(0);
        QCOMPARE(decodeRequest(bytes).error().code, DecodeErrc::trailingBytes);
        bytes[0] = 9;
        QCOMPARE(decodeRequest(bytes).error().code, DecodeErrc::unknownTag);
    }
};

QTEST_APPLESS_MAIN(RequestTest)
#include "request_test.moc"
