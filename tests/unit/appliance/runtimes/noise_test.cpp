#include <QtTest>

#include <algorithm>

#include <appliance/runtimes/noise.h>

using namespace tessera::appliance;

namespace {

bool nearAll(const std::vector<float>& got, const std::vector<float>& expected, float tolerance)
{
    return got.size() >= expected.size() && std::equal(expected.begin(), expected.end(), got.begin(),
                                                       [&](float e, float g) { return std::abs(e - g) <= tolerance; });
}

} // namespace

/// Expected numbers are torch 1.13's on a CPU.
class NoiseTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aLatentOfSeed42()
    {
        const auto values = TorchNoise(42).normal(4 * 64 * 64);
        QVERIFY(nearAll(values, {1.9269153F, 1.4872841F, 0.9007172F, -2.1055210F, 0.6784185F, -1.2345448F, -0.0430675F, -1.6046669F}, 2e-6F));
    }
    void sixteenOfSeed0()
    {
        const auto values = TorchNoise(0).normal(16);
        QVERIFY(nearAll(values, {-1.1258398F, -1.1523602F, -0.2505786F, -0.4338788F, 0.8487104F, 0.6920092F, -0.3160128F, -2.1152194F,
                                 0.3222749F, -1.2633348F, 0.3499832F, 0.3081339F, 0.1198415F, 1.2376579F, 1.1167772F, -0.2472782F}, 2e-6F));
    }
    void aLengthThatIsNoMultipleOf16RedrawsTheLast16()
    {
        QVERIFY(nearAll(TorchNoise(42).normal(17), {1.9269153F, -0.1595975F, -0.4973975F}, 2e-6F));
    }
    void onlyTheLow32BitsOfTheSeedCount()
    {
        QCOMPARE(TorchNoise(7 + (1ULL << 40)).normal(20), TorchNoise(7).normal(20));
    }
    void shortDrawsAreNormalAndCacheTheSine()
    {
        TorchNoise noise(1);
        double sum = 0, squares = 0;
        for (int i = 0; i < 3000; ++i) {
            for (const float value : noise.normal(3)) {
                sum += value;
                squares += value * value;
            }
        }
        QVERIFY(std::abs(sum / 9000) < 0.05);
        QVERIFY(std::abs(squares / 9000 - 1) < 0.05);
        TorchNoise one(5), two(5);
        const auto together = one.normal(2);
        QCOMPARE(two.normal(1)[0], together[0]);
        QCOMPARE(two.normal(1)[0], together[1]);
    }
};

QTEST_APPLESS_MAIN(NoiseTest)
#include "noise_test.moc"
