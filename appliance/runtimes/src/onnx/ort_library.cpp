#include "ort_library.h"

#include <algorithm>
#include <dlfcn.h>
#include <thread>

namespace tessera::appliance::ort {
namespace {

constexpr int logFatal = 4;
constexpr int arenaAllocator = 1;
constexpr int defaultMemory = 0;

} // namespace

Result<void, std::string> Library::check(Status* status, const char* what) const
{
    if (status == nullptr)
        return {};
    std::string message = std::string(what) + ": " + m_table.get<GetErrorMessage>()(status) + " (code " +
                          std::to_string(m_table.get<GetErrorCode>()(status)) + ")";
    m_table.get<ReleaseStatus>()(status);
    return fail(std::move(message));
}

Result<std::unique_ptr<Library>, std::string> Library::open(const std::filesystem::path& file, int threads)
{
    void* handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr)
        return fail(std::string(::dlerror()));
    const auto entry = reinterpret_cast<const ApiBase* (*)()>(::dlsym(handle, "OrtGetApiBase"));
    const ApiBase* base = entry == nullptr ? nullptr : entry();
    const void* const* slots = base == nullptr ? nullptr : base->getApi(tableVersion);
    if (slots == nullptr) {
        ::dlclose(handle);
        return fail(file.string() + ": no ONNX Runtime with API version " + std::to_string(tableVersion));
    }
    std::unique_ptr<Library> library(new Library(handle, Table(slots), base->getVersionString()));
    Threading* threading = nullptr;
    TESSERA_CHECK(library->call<CreateThreading>("threading options", &threading));
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    const int intra = threads > 0 ? threads : std::max(1, cores - 1);
    const Table& table = library->m_table;
    auto made = library->check(table.get<SetGlobalIntraThreads>()(threading, intra), "intra threads");
    if (made)
        made = library->check(table.get<SetGlobalInterThreads>()(threading, 1), "inter threads");
    if (made)
        made = library->check(table.get<SetGlobalSpin>()(threading, 0), "spin control"); // spinning hurts a shared machine
    if (made)
        made = library->check(table.get<CreateEnvWithPools>()(logFatal, "tessera", threading, &library->m_env), "environment");
    table.get<ReleaseThreading>()(threading);
    TESSERA_CHECK(std::move(made));
    TESSERA_CHECK(library->call<CreateCpuMemoryInfo>("memory info", arenaAllocator, defaultMemory, &library->m_memory));
    TESSERA_CHECK(library->call<GetDefaultAllocator>("allocator", &library->m_allocator));
    return library;
}

Library::~Library()
{
    if (m_memory != nullptr)
        m_table.get<ReleaseMemoryInfo>()(m_memory);
    if (m_env != nullptr)
        m_table.get<ReleaseEnv>()(m_env);
    // Not unloaded: its thread-local destructors may still run when threads end.
}

void Library::interrupt()
{
    const std::lock_guard lock(m_mutex);
    if (m_running != nullptr)
        (void)check(m_table.get<RunOptionsSetTerminate>()(m_running), "terminate");
}

Result<std::unique_ptr<Model>, std::string> Library::load(const std::filesystem::path& model)
{
    SessionOptions* options = nullptr;
    TESSERA_CHECK(call<CreateSessionOptions>("session options", &options));
    auto set = check(m_table.get<DisablePerSessionThreads>()(options), "shared threads");
    if (set)
        set = check(m_table.get<SetExecutionMode>()(options, 0), "sequential mode");
    if (set)
        set = check(m_table.get<SetGraphOptimization>()(options, 99), "graph optimisation");
    Session* session = nullptr;
    if (set)
        set = check(m_table.get<CreateSession>()(m_env, model.c_str(), options, &session), model.c_str());
    m_table.get<ReleaseSessionOptions>()(options);
    TESSERA_CHECK(std::move(set));
    std::unique_ptr<Model> loaded(new Model(*this, session));
    TESSERA_CHECK(loaded->readSignature());
    return loaded;
}

Model::~Model()
{
    m_library.m_table.get<ReleaseSession>()(m_session);
}

const InputInfo* Model::input(const std::string& name) const
{
    const auto found = std::find_if(m_inputs.begin(), m_inputs.end(), [&](const InputInfo& info) { return info.name == name; });
    return found == m_inputs.end() ? nullptr : &*found;
}

Result<void, std::string> Model::readSignature()
{
    const Library& library = m_library;
    const Table& table = library.m_table;
    std::size_t inputs = 0, outputs = 0;
    TESSERA_CHECK(library.call<InputCount>("input count", m_session, &inputs));
    TESSERA_CHECK(library.call<OutputCount>("output count", m_session, &outputs));
    for (std::size_t i = 0; i < inputs; ++i) {
        InputInfo info;
        char* name = nullptr;
        TESSERA_CHECK(library.call<InputName>("input name", m_session, i, library.m_allocator, &name));
        info.name = name;
        TESSERA_CHECK(library.call<AllocatorFree>("free", library.m_allocator, static_cast<void*>(name)));
        TypeInfo* type = nullptr;
        TESSERA_CHECK(library.call<InputTypeInfo>("input type", m_session, i, &type));
        const TensorInfo* tensor = nullptr; // owned by type
        auto read = library.check(table.get<CastToTensorInfo>()(type, &tensor), "tensor info");
        std::size_t rank = 0;
        if (read && tensor != nullptr) {
            read = library.check(table.get<GetElementType>()(tensor, &info.elementType), "element type");
            if (read)
                read = library.check(table.get<GetDimensionsCount>()(tensor, &rank), "rank");
            info.shape.resize(rank);
            if (read && rank > 0)
                read = library.check(table.get<GetDimensions>()(tensor, info.shape.data(), rank), "shape");
        }
        table.get<ReleaseTypeInfo>()(type);
        TESSERA_CHECK(std::move(read));
        m_inputs.push_back(std::move(info));
    }
    for (std::size_t i = 0; i < outputs; ++i) {
        char* name = nullptr;
        TESSERA_CHECK(library.call<OutputName>("output name", m_session, i, library.m_allocator, &name));
        m_outputs.emplace_back(name);
        TESSERA_CHECK(library.call<AllocatorFree>("free", library.m_allocator, static_cast<void*>(name)));
    }
    return {};
}

namespace {

/// The tensor's elements in the type the model wants; the vectors own what the values point to.
struct Buffer {
    std::vector<float> floats;
    std::vector<std::int32_t> narrow;
    std::vector<std::int64_t> wide;
    void* data = nullptr;
    std::size_t bytes = 0;
};

bool fillBuffer(const Tensor& tensor, int elementType, Buffer& buffer)
{
    const auto fill = [&](auto& out) {
        using Element = typename std::decay_t<decltype(out)>::value_type;
        for (const float value : tensor.floats)
            out.push_back(static_cast<Element>(value));
        for (const std::int64_t value : tensor.integers)
            out.push_back(static_cast<Element>(value));
        buffer.data = out.data();
        buffer.bytes = out.size() * sizeof(Element);
        return true;
    };
    switch (static_cast<ElementType>(elementType)) {
    case ElementType::float32: return fill(buffer.floats);
    case ElementType::int32: return fill(buffer.narrow);
    case ElementType::int64: return fill(buffer.wide);
    }
    return false;
}

} // namespace

Result<Tensor, std::string> Model::takeOutput(Value* value) const
{
    const Library& library = m_library;
    const Table& table = library.m_table;
    TensorInfo* info = nullptr;
    TESSERA_CHECK(library.call<GetTensorTypeAndShape>("output shape", static_cast<const Value*>(value), &info));
    int type = 0;
    std::size_t rank = 0;
    Tensor tensor;
    auto read = library.check(table.get<GetElementType>()(info, &type), "output type");
    if (read)
        read = library.check(table.get<GetDimensionsCount>()(info, &rank), "output rank");
    tensor.shape.resize(rank);
    if (read && rank > 0)
        read = library.check(table.get<GetDimensions>()(info, tensor.shape.data(), rank), "output shape");
    table.get<ReleaseTensorInfo>()(info);
    TESSERA_CHECK(std::move(read));
    if (type != static_cast<int>(ElementType::float32))
        return fail("output has element type " + std::to_string(type) + ", expected float32");
    void* data = nullptr;
    TESSERA_CHECK(library.call<GetTensorData>("output data", value, &data));
    std::size_t count = 1;
    for (const std::int64_t side : tensor.shape)
        count *= static_cast<std::size_t>(side);
    const auto* floats = static_cast<const float*>(data);
    tensor.floats.assign(floats, floats + count);
    return tensor;
}

Result<Tensor, std::string> Model::run(const std::map<std::string, Tensor>& inputs, const std::string& output)
{
    const Table& table = m_library.m_table;
    std::vector<Buffer> buffers(m_inputs.size());
    std::vector<Value*> values;
    std::vector<const char*> names;
    std::string problem;
    for (std::size_t i = 0; i < m_inputs.size() && problem.empty(); ++i) {
        const InputInfo& info = m_inputs[i];
        const auto given = inputs.find(info.name);
        if (given == inputs.end()) {
            problem = "the model wants an input \"" + info.name + "\" that is not known here";
        } else if (!fillBuffer(given->second, info.elementType, buffers[i])) {
            problem = "input \"" + info.name + "\" has element type " + std::to_string(info.elementType) + ", which is not supported";
        } else {
            Value* value = nullptr;
            const Tensor& tensor = given->second;
            auto made = m_library.check(table.get<CreateTensorWithData>()(m_library.m_memory, buffers[i].data, buffers[i].bytes, tensor.shape.data(),
                                                                           tensor.shape.size(), info.elementType, &value), info.name.c_str());
            if (!made)
                problem = made.error();
            else
                values.push_back(value);
            names.push_back(info.name.c_str());
        }
    }
    Value* result = nullptr;
    if (problem.empty()) {
        // Run options of its own, so that an interrupt only hits this call.
        RunOptions* options = nullptr;
        auto ran = m_library.check(table.get<CreateRunOptions>()(&options), "run options");
        if (ran) {
            {
                const std::lock_guard lock(m_library.m_mutex);
                m_library.m_running = options;
            }
            const char* outputName = output.c_str();
            ran = m_library.check(table.get<Run>()(m_session, options, names.data(), values.data(), values.size(), &outputName, 1, &result), "run");
            const std::lock_guard lock(m_library.m_mutex);
            m_library.m_running = nullptr;
        }
        if (options != nullptr)
            table.get<ReleaseRunOptions>()(options);
        if (!ran)
            problem = ran.error();
    }
    for (Value* value : values)
        table.get<ReleaseValue>()(value);
    if (!problem.empty())
        return fail(std::move(problem));
    auto tensor = takeOutput(result);
    table.get<ReleaseValue>()(result);
    return tensor;
}

} // namespace tessera::appliance::ort
