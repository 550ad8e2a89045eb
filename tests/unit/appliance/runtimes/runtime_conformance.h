#pragma once

#include <functional>
#include <memory>

#include <QtTest>

#include <boost/json/parse.hpp>

#include <appliance/runtimes/runtime.h>

/// What every Runtime promises, as one suite: a runtime's test calls checkRuntimeConformance with requests it serves.
namespace tessera::appliance {

/// Counts steps and cancels after the given one.
class RecordingSink final : public StepSink
{
public:
    explicit RecordingSink(std::uint32_t cancelAfter = UINT32_MAX) : m_cancelAfter(cancelAfter) {}
    Continue stepDone(Step step) override
    {
        steps.push_back(std::move(step));
        return steps.size() >= m_cancelAfter ? Continue::no : Continue::yes;
    }
    std::vector<Step> steps;

private:
    std::uint32_t m_cancelAfter;
};

inline bool isPng(const Bytes& bytes)
{
    constexpr std::uint8_t magic[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    return bytes.size() > sizeof magic && std::equal(std::begin(magic), std::end(magic), bytes.begin());
}

/// Width and height that a PNG's header states.
inline std::pair<std::uint32_t, std::uint32_t> pngSize(const Bytes& bytes)
{
    const auto read = [&](std::size_t at) {
        return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 | std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
    };
    return {read(16), read(20)};
}

inline void checkRuntimeConformance(const std::function<std::unique_ptr<Runtime>()>& make, const GenerationRequest& request)
{
    const auto runtime = make();
    QVERIFY(!runtime->models().empty());
    const auto model = checkRequest(request, runtime->models());
    QVERIFY2(model.hasValue(), model ? "" : model.error().detail.c_str());
    QCOMPARE(model->digest.size(), std::size_t{64});

    // Steps are told one by one and end at their number; the recipe is an object that names model, seed and prompt.
    RecordingSink sink;
    const auto first = runtime->generate(request, sink);
    QVERIFY2(first.hasValue(), first ? "" : (first.error().code + ": " + first.error().detail).c_str());
    QVERIFY(!sink.steps.empty());
    for (std::size_t i = 0; i < sink.steps.size(); ++i) {
        QCOMPARE(sink.steps[i].step, static_cast<std::uint32_t>(i + 1));
        QCOMPARE(sink.steps[i].steps, static_cast<std::uint32_t>(sink.steps.size()));
        QVERIFY(sink.steps[i].previewPng.empty() || isPng(sink.steps[i].previewPng));
    }
    const boost::json::object recipe = boost::json::parse(first->recipeJson).as_object();
    QCOMPARE(std::string(recipe.at("model").as_string().c_str()), request.model);
    QCOMPARE(std::string(recipe.at("prompt").as_string().c_str()), request.prompt);
    QCOMPARE(std::string(recipe.at("seed").as_string().c_str()), std::to_string(request.seed));
    QCOMPARE(std::string(recipe.at("digest").as_string().c_str()), model->digest);
    QCOMPARE(model->output == ModelOutput::layers, !first->layersJson.empty());
    if (model->output == ModelOutput::image || !first->png.empty()) {
        QVERIFY(isPng(first->png));
        if (model->output == ModelOutput::image)
            QCOMPARE(pngSize(first->png), std::make_pair(request.widthPx, request.heightPx));
    }

    // The same request gives the same bytes: again in the same runtime, and in a new one. Another seed differs.
    RecordingSink unused;
    const auto again = runtime->generate(request, unused);
    const auto fresh = make()->generate(request, unused);
    QVERIFY(again->png == first->png && again->layersJson == first->layersJson);
    QVERIFY(fresh->png == first->png && fresh->layersJson == first->layersJson);
    GenerationRequest other = request;
    ++other.seed;
    const auto different = runtime->generate(other, unused);
    QVERIFY(different->png != first->png || different->layersJson != first->layersJson);

    // A sink that says no ends the job after that step, and the runtime goes on with the next job as before.
    RecordingSink cancelling(1);
    const auto cancelled = runtime->generate(request, cancelling);
    QVERIFY(!cancelled);
    QCOMPARE(cancelled.error().code, std::string("cancelled"));
    QCOMPARE(cancelling.steps.size(), std::size_t{1});
    QVERIFY(runtime->generate(request, unused)->png == first->png);

    // Bad requests are refused by code, before any step.
    const auto refusal = [&](const std::function<void(GenerationRequest&)>& spoil) {
        GenerationRequest bad = request;
        spoil(bad);
        RecordingSink none;
        const auto result = runtime->generate(bad, none);
        return result || !none.steps.empty() ? std::string("accepted") : result.error().code;
    };
    QCOMPARE(refusal([](auto& r) { r.model = "no-such-model"; }), std::string("unknown-model"));
    QCOMPARE(refusal([](auto& r) { r.widthPx = 50'000; }), std::string("invalid-size"));
    QCOMPARE(refusal([](auto& r) { r.heightPx = 0; }), std::string("invalid-size"));
    QCOMPARE(refusal([](auto& r) { r.prompt.assign(1 << 20, 'a'); }), std::string("invalid-prompt"));
    QCOMPARE(refusal([](auto& r) { r.prompt = "\xff\xfe"; }), std::string("invalid-prompt"));
    QCOMPARE(refusal([](auto& r) { r.colors = {"#12345"}; }), std::string("invalid-color"));
    QCOMPARE(refusal([](auto& r) { r.colors.assign(17, "#fff"); }), std::string("invalid-color"));
    QCOMPARE(refusal([](auto& r) { r.steps = 100'000; }), std::string("invalid-steps"));
    QCOMPARE(refusal([](auto& r) { r.guidance = -1; }), std::string("invalid-guidance"));
}

} // namespace tessera::appliance
