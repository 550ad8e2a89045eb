#include <QtTest>

#include <cmath>

#include <appliance/runtimes/noise.h>
#include <appliance/runtimes/scheduler.h>

using namespace tessera::appliance;

namespace {

SchedulerConfig stableDiffusion(const std::string& kind, Spacing spacing, int offset)
{
    SchedulerConfig config;
    config.kind = kind;
    config.betaSchedule = "scaled_linear";
    config.betaStart = 0.00085;
    config.betaEnd = 0.012;
    config.spacing = spacing;
    config.stepsOffset = offset;
    config.setAlphaToOne = false;
    config.clipSample = false;
    return config;
}

bool isNear(double got, double expected, double relative = 2e-6)
{
    return std::abs(got - expected) <= relative * std::max(1.0, std::abs(expected));
}

} // namespace

/// Expected numbers are those of diffusers' own schedulers.
class SchedulerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void alphaProductsOfStableDiffusion()
    {
        const auto alphas = alphaProducts(stableDiffusion("DDIMScheduler", Spacing::leading, 1));
        QCOMPARE(alphas.size(), std::size_t{1000});
        QVERIFY(isNear(alphas[0], 0.99914998, 1e-7));
        QVERIFY(isNear(alphas[1], 0.99829602, 1e-7));
        QVERIFY(isNear(alphas[500], 0.27633250, 1e-6));
        QVERIFY(isNear(alphas[981], 0.00577550, 1e-6));
        QVERIFY(isNear(alphas[999], 0.00466010, 1e-6));
    }

    void eulerLinspaceStartsAtTheLargestSigma()
    {
        const auto euler = makeScheduler(stableDiffusion("EulerDiscreteScheduler", Spacing::linspace, 0), 20);
        QVERIFY(isNear(euler->timesteps()[0], 999));
        QVERIFY(isNear(euler->timesteps()[1], 946.42105));
        QVERIFY(isNear(euler->timesteps()[19], 0));
        QVERIFY(isNear(euler->initialFactor(), 14.614645));
        QVERIFY(isNear(1 / euler->inputFactor(1), std::sqrt(10.746849 * 10.746849 + 1)));
        QVERIFY(isNear(1 / euler->inputFactor(18), std::sqrt(0.2321682 * 0.2321682 + 1)));
        QVERIFY(isNear(1 / euler->inputFactor(19), std::sqrt(0.02916753 * 0.02916753 + 1)));
    }

    void eulerLeadingAddsTheOffset()
    {
        const auto euler = makeScheduler(stableDiffusion("EulerDiscreteScheduler", Spacing::leading, 1), 20);
        QVERIFY(isNear(euler->timesteps()[0], 951));
        QVERIFY(isNear(euler->timesteps()[19], 1));
        QVERIFY(isNear(euler->initialFactor(), std::sqrt(11.028335 * 11.028335 + 1)));
        QVERIFY(isNear(1 / euler->inputFactor(1), std::sqrt(8.390687 * 8.390687 + 1)));
    }

    void eulerKarrasSigmasAndTimesteps()
    {
        SchedulerConfig config = stableDiffusion("EulerDiscreteScheduler", Spacing::linspace, 0);
        config.karrasSigmas = true;
        const auto euler = makeScheduler(config, 20);
        QVERIFY(isNear(1 / euler->inputFactor(1), std::sqrt(11.725371 * 11.725371 + 1)));
        QVERIFY(isNear(1 / euler->inputFactor(2), std::sqrt(9.340210 * 9.340210 + 1)));
        const int rounded[] = {999, 962, 921, 876, 827, 772, 710, 640, 561, 474, 380, 285, 197, 123, 69, 35, 15, 6, 2, 0};
        for (std::size_t i = 0; i < 20; ++i)
            QCOMPARE(static_cast<int>(std::lround(euler->timesteps()[i])), rounded[i]);
    }

    void trailingSpacing()
    {
        QCOMPARE(makeScheduler(stableDiffusion("DDIMScheduler", Spacing::trailing, 0), 1)->timesteps(), (std::vector<double>{999}));
        QCOMPARE(makeScheduler(stableDiffusion("DDIMScheduler", Spacing::trailing, 0), 4)->timesteps(), (std::vector<double>{999, 749, 499, 249}));
    }

    /// A model that knows the clean latent leads every scheduler, spacing and prediction type to it.
    void aPerfectModelIsFollowedToTheCleanLatent_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("prediction");
        for (const char* kind : {"DDIMScheduler", "EulerDiscreteScheduler"}) {
            for (int prediction = 0; prediction < 3; ++prediction)
                QTest::addRow("%s %d", kind, prediction) << kind << prediction;
        }
    }
    void aPerfectModelIsFollowedToTheCleanLatent()
    {
        QFETCH(QString, kind);
        QFETCH(int, prediction);
        SchedulerConfig config = stableDiffusion(kind.toStdString(), Spacing::leading, 1);
        config.prediction = static_cast<Prediction>(prediction);
        const auto alphas = alphaProducts(config);
        const std::vector<float> target = TorchNoise(3).normal(32);
        const auto scheduler = makeScheduler(config, 10);
        std::vector<float> latent = TorchNoise(4).normal(32), clean;
        for (float& value : latent)
            value *= static_cast<float>(scheduler->initialFactor());
        for (std::size_t i = 0; i < 10; ++i) {
            const auto t = static_cast<std::size_t>(scheduler->timesteps()[i]);
            const double a = std::sqrt(alphas[t]), s = std::sqrt(1 - alphas[t]);
            std::vector<float> output(32);
            for (std::size_t k = 0; k < 32; ++k) {
                // Both schedulers' model input is a*x0 + s*eps.
                const double x = latent[k] * scheduler->inputFactor(i), eps = (x - a * target[k]) / s;
                output[k] = static_cast<float>(prediction == 0 ? eps : prediction == 1 ? a * eps - s * target[k] : target[k]);
            }
            scheduler->step(i, output, latent, clean);
            for (std::size_t k = 0; k < 32; ++k)
                QVERIFY(std::abs(clean[k] - target[k]) < 2e-3);
        }
        // DDIM's last step leaves the noise of alpha[0]; Euler's ends at none.
        for (std::size_t k = 0; k < 32; ++k)
            QVERIFY(std::abs(latent[k] - target[k]) < (kind == "DDIMScheduler" ? 0.2 : 2e-3));
    }

    void oneDdimStepByHand()
    {
        const auto ddim = makeScheduler(stableDiffusion("DDIMScheduler", Spacing::leading, 1), 2);
        const auto alphas = alphaProducts(stableDiffusion("DDIMScheduler", Spacing::leading, 1));
        std::vector<float> latent{0.5F, -1.25F}, clean;
        const std::vector<float> output{0.1F, -0.3F};
        ddim->step(0, output, latent, clean);
        const double now = alphas[501], next = alphas[1];
        const double x0 = (0.5 - std::sqrt(1 - now) * 0.1) / std::sqrt(now);
        QVERIFY(isNear(latent[0], std::sqrt(next) * x0 + std::sqrt(1 - next) * 0.1, 1e-5));
    }

    void wrongConfigurationsNameTheKey_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("key");
        QTest::newRow("class") << QByteArray(R"({"_class_name":"PNDMScheduler"})") << "_class_name";
        QTest::newRow("prediction") << QByteArray(R"({"prediction_type":"flow"})") << "prediction_type";
        QTest::newRow("steps") << QByteArray(R"({"num_train_timesteps":-4})") << "num_train_timesteps";
        QTest::newRow("type") << QByteArray(R"({"beta_start":"x"})") << "beta_start";
        QTest::newRow("not json") << QByteArray("{") << "scheduler_config.json";
        QTest::newRow("array") << QByteArray("[]") << "not an object";
    }
    void wrongConfigurationsNameTheKey()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, key);
        const auto config = parseSchedulerConfig(json.toStdString());
        QVERIFY(!config);
        QVERIFY2(QString::fromStdString(config.error()).contains(key), config.error().c_str());
    }
};

QTEST_APPLESS_MAIN(SchedulerTest)
#include "scheduler_test.moc"
