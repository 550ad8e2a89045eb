#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>

#include <appliance/runtimes/diffusion.h>
#include <render/export/codecs.h>

#include "runtime_conformance.h"

using namespace tessera;
using namespace tessera::appliance;
namespace fs = std::filesystem;

namespace {

fs::path buildFolder()
{
    return fs::path(qgetenv("TESSERA_BIN_DIR").toStdString()).parent_path();
}
fs::path modelStore()
{
    return buildFolder() / "share/models";
}
fs::path library()
{
    return buildFolder() / "lib/onnxruntime/libonnxruntime.so.1";
}

GenerationRequest fieldRequest()
{
    return {.model = "mini-diffusion", .prompt = "ocean and gold", .widthPx = 132, .heightPx = 100, .seed = 11, .steps = 4};
}

/// Mean colour of a picture, 0..255.
std::array<double, 3> meanColor(const Bytes& png)
{
    const auto image = exports::decodePng(png).value();
    std::array<double, 3> sum{};
    for (int y = 0; y < image.heightPx; ++y) {
        for (int x = 0; x < image.widthPx; ++x) {
            for (std::size_t k = 0; k < 3; ++k)
                sum[k] += image.row(y)[4 * x + static_cast<int>(k)];
        }
    }
    for (double& value : sum)
        value /= image.widthPx * image.heightPx;
    return sum;
}

} // namespace

class DiffusionTest : public QObject
{
    Q_OBJECT
private:
    static std::unique_ptr<Runtime> make() { return makeDiffusionRuntime(modelStore(), library()).runtime; }

private Q_SLOTS:
    void initTestCase()
    {
        if (!fs::exists(library()))
            QSKIP("ONNX Runtime is not installed (tools/node_modules/onnxruntime-node)");
    }

    void conforms() { checkRuntimeConformance(make, fieldRequest()); }

    void everyStepHasAPreview()
    {
        RecordingSink sink;
        QVERIFY(make()->generate(fieldRequest(), sink));
        QCOMPARE(sink.steps.size(), std::size_t{4});
        for (const Step& step : sink.steps)
            QVERIFY(isPng(step.previewPng));
    }

    void thePromptDecidesTheColours()
    {
        const auto runtime = make();
        RecordingSink sink;
        GenerationRequest request = fieldRequest();
        request.prompt = "red";
        const auto red = meanColor(runtime->generate(request, sink)->png);
        request.prompt = "green";
        const auto green = meanColor(runtime->generate(request, sink)->png);
        QVERIFY(red[0] > red[1] + 60 && red[0] > red[2] + 60);
        QVERIFY(green[1] > green[0] + 40);
        request.prompt = "";
        request.colors = {"#1d5fd0"};
        const auto blue = meanColor(runtime->generate(request, sink)->png);
        QVERIFY(blue[2] > blue[0] + 60);
        request.prompt = "dark green";
        request.colors.clear();
        const auto dark = meanColor(runtime->generate(request, sink)->png);
        QVERIFY(dark[1] < green[1] - 20);
    }

    void damagedModelsAreLeftOutAndNamed()
    {
        QTemporaryDir store;
        const fs::path root = store.path().toStdString();
        for (const char* name : {"good", "no-unet", "bad-index", "bad-tokenizer"})
            fs::copy(modelStore() / "mini-diffusion", root / name, fs::copy_options::recursive);
        fs::remove(root / "no-unet/unet/model.onnx");
        std::ofstream(root / "bad-index/model_index.json") << "{\"_class_name\":";
        std::ofstream(root / "bad-tokenizer/tokenizer/vocab.json") << "[1,2]";
        const DiffusionRuntime made = makeDiffusionRuntime(root, library());
        QCOMPARE(made.runtime->models().size(), std::size_t{1});
        QCOMPARE(made.runtime->models()[0].id, std::string("good"));
        for (const char* name : {"no-unet", "bad-index", "bad-tokenizer"})
            QVERIFY2(made.note.find(name) != std::string::npos, made.note.c_str());
    }

    void weightsThatAreNoModelFailTheJobAndNotTheProcess()
    {
        QTemporaryDir store;
        const fs::path root = store.path().toStdString();
        fs::copy(modelStore() / "mini-diffusion", root / "mini-diffusion", fs::copy_options::recursive);
        std::ofstream(root / "mini-diffusion/unet/model.onnx") << "this is no protobuf";
        const DiffusionRuntime made = makeDiffusionRuntime(root, library());
        RecordingSink sink;
        const auto result = made.runtime->generate(fieldRequest(), sink);
        QCOMPARE(result.error().code, std::string("model-damaged"));
        QVERIFY2(result.error().detail.find("unet") != std::string::npos, result.error().detail.c_str());
    }

    void aMissingOrForeignLibraryIsSaid()
    {
        const DiffusionRuntime missing = makeDiffusionRuntime(modelStore(), "/nonexistent/libonnxruntime.so.1");
        QVERIFY(!missing.runtime);
        QVERIFY(missing.note.find("/nonexistent") != std::string::npos);
        const DiffusionRuntime foreign = makeDiffusionRuntime(modelStore(), "libm.so.6");
        QVERIFY(!foreign.runtime);
        QVERIFY2(foreign.note.find("no ONNX Runtime") != std::string::npos, foreign.note.c_str());
    }
};

QTEST_GUILESS_MAIN(DiffusionTest)
#include "diffusion_test.moc"
