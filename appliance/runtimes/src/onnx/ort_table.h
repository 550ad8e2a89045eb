#pragma once

#include <cstddef>
#include <cstdint>

/// The part of ONNX Runtime's C ABI that is used here, declared by slot number (docs/decisions/0005). Slots are only ever
/// appended upstream, so a number holds for every later version. No header of the library is used.
namespace tessera::appliance::ort {

// Opaque; one tag type each, so that they cannot be mixed up.
struct Status;
struct Env;
struct SessionOptions;
struct Session;
struct RunOptions;
struct Value;
struct MemoryInfo;
struct Allocator;
struct TypeInfo;
struct TensorInfo;
struct Threading;

enum class ElementType : int { float32 = 1, int32 = 6, int64 = 7 };

/// Calls of type Status* return null for success, else a Status that the caller releases.
template <std::size_t number, class Function> struct Slot {
    using Type = Function;
    static constexpr std::size_t index = number;
};

using GetErrorCode = Slot<1, int (*)(const Status*)>;
using GetErrorMessage = Slot<2, const char* (*)(const Status*)>;
using CreateSession = Slot<7, Status* (*)(const Env*, const char*, const SessionOptions*, Session**)>;
using Run = Slot<9, Status* (*)(Session*, const RunOptions*, const char* const*, const Value* const*, std::size_t,
                                const char* const*, std::size_t, Value**)>;
using CreateSessionOptions = Slot<10, Status* (*)(SessionOptions**)>;
using SetExecutionMode = Slot<13, Status* (*)(SessionOptions*, int)>;
using SetGraphOptimization = Slot<23, Status* (*)(SessionOptions*, int)>;
using InputCount = Slot<30, Status* (*)(const Session*, std::size_t*)>;
using OutputCount = Slot<31, Status* (*)(const Session*, std::size_t*)>;
using InputTypeInfo = Slot<33, Status* (*)(const Session*, std::size_t, TypeInfo**)>;
using InputName = Slot<36, Status* (*)(const Session*, std::size_t, Allocator*, char**)>;
using OutputName = Slot<37, Status* (*)(const Session*, std::size_t, Allocator*, char**)>;
using CreateRunOptions = Slot<39, Status* (*)(RunOptions**)>;
using RunOptionsSetTerminate = Slot<46, Status* (*)(RunOptions*)>;
using CreateTensorWithData = Slot<49, Status* (*)(const MemoryInfo*, void*, std::size_t, const std::int64_t*, std::size_t, int, Value**)>;
using GetTensorData = Slot<51, Status* (*)(Value*, void**)>;
using CastToTensorInfo = Slot<55, Status* (*)(const TypeInfo*, const TensorInfo**)>;
using GetElementType = Slot<60, Status* (*)(const TensorInfo*, int*)>;
using GetDimensionsCount = Slot<61, Status* (*)(const TensorInfo*, std::size_t*)>;
using GetDimensions = Slot<62, Status* (*)(const TensorInfo*, std::int64_t*, std::size_t)>;
using GetTensorTypeAndShape = Slot<65, Status* (*)(const Value*, TensorInfo**)>;
using CreateCpuMemoryInfo = Slot<69, Status* (*)(int, int, MemoryInfo**)>;
using AllocatorFree = Slot<76, Status* (*)(Allocator*, void*)>;
using GetDefaultAllocator = Slot<78, Status* (*)(Allocator**)>;
using ReleaseEnv = Slot<92, void (*)(Env*)>;
using ReleaseStatus = Slot<93, void (*)(Status*)>;
using ReleaseMemoryInfo = Slot<94, void (*)(MemoryInfo*)>;
using ReleaseSession = Slot<95, void (*)(Session*)>;
using ReleaseValue = Slot<96, void (*)(Value*)>;
using ReleaseRunOptions = Slot<97, void (*)(RunOptions*)>;
using ReleaseTypeInfo = Slot<98, void (*)(TypeInfo*)>;
using ReleaseTensorInfo = Slot<99, void (*)(TensorInfo*)>;
using ReleaseSessionOptions = Slot<100, void (*)(SessionOptions*)>;
using DisablePerSessionThreads = Slot<120, Status* (*)(SessionOptions*)>;
using CreateThreading = Slot<121, Status* (*)(Threading**)>;
using ReleaseThreading = Slot<122, void (*)(Threading*)>;
using SetGlobalIntraThreads = Slot<147, Status* (*)(Threading*, int)>;
using SetGlobalInterThreads = Slot<148, Status* (*)(Threading*, int)>;
using SetGlobalSpin = Slot<149, Status* (*)(Threading*, int)>;
using CreateEnvWithPools = Slot<119, Status* (*)(int, const char*, const Threading*, Env**)>;

/// Covers every slot above; any version from it on answers.
inline constexpr std::uint32_t tableVersion = 14;

/// What OrtGetApiBase returns.
struct ApiBase {
    const void* const* (*getApi)(std::uint32_t version);
    const char* (*getVersionString)();
};

class Table
{
public:
    explicit Table(const void* const* slots) : m_slots(slots) {}
    template <class S> [[nodiscard]] typename S::Type get() const
    {
        return reinterpret_cast<typename S::Type>(const_cast<void*>(m_slots[S::index]));
    }

private:
    const void* const* m_slots;
};

} // namespace tessera::appliance::ort
