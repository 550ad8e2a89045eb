#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <core/base/result.h>

#include "ort_table.h"

/// ONNX Runtime, loaded at run time, and the sessions made with it. A library is made on one thread, its sessions run on
/// one thread at a time; only interrupt() may be called from another.
namespace tessera::appliance::ort {

/// A tensor on its way in or out. Exactly one of the vectors holds the elements.
struct Tensor {
    std::vector<std::int64_t> shape;
    std::vector<float> floats;
    std::vector<std::int64_t> integers;
};

struct InputInfo {
    std::string name;
    int elementType = 0;
    std::vector<std::int64_t> shape; ///< -1: any
};

class Library;

class Model
{
public:
    ~Model();
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    [[nodiscard]] const std::vector<InputInfo>& inputs() const { return m_inputs; }
    [[nodiscard]] const std::vector<std::string>& outputs() const { return m_outputs; }
    [[nodiscard]] const InputInfo* input(const std::string& name) const;

    /// Inputs by name, cast to the types the model declares (float32, int32, int64); one float32 output by name.
    Result<Tensor, std::string> run(const std::map<std::string, Tensor>& inputs, const std::string& output);

private:
    friend class Library;
    Model(Library& library, Session* session) : m_library(library), m_session(session) {}
    Result<void, std::string> readSignature();
    Result<Tensor, std::string> takeOutput(Value* value) const;

    Library& m_library;
    Session* m_session;
    std::vector<InputInfo> m_inputs;
    std::vector<std::string> m_outputs;
};

class Library
{
public:
    /// Opens the shared library, asks for table version 14 and makes the one environment of the process, with global
    /// thread pools that do not spin. `threads` 0: one less than the machine has, at least one.
    static Result<std::unique_ptr<Library>, std::string> open(const std::filesystem::path& file, int threads = 0);
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    [[nodiscard]] const std::string& version() const { return m_version; }
    Result<std::unique_ptr<Model>, std::string> load(const std::filesystem::path& model);
    /// Makes a run in progress return early with an error. Any thread.
    void interrupt();

private:
    friend class Model;
    Library(void* handle, Table table, std::string version) : m_handle(handle), m_table(table), m_version(std::move(version)) {}
    /// Empty for success; releases the status.
    Result<void, std::string> check(Status* status, const char* what) const;
    template <class S, class... Arguments> Result<void, std::string> call(const char* what, Arguments... arguments) const
    {
        return check(m_table.get<S>()(arguments...), what);
    }

    void* m_handle;
    Table m_table;
    std::string m_version;
    Env* m_env = nullptr;
    MemoryInfo* m_memory = nullptr;
    Allocator* m_allocator = nullptr;
    std::mutex m_mutex;
    RunOptions* m_running = nullptr; ///< guarded
};

} // namespace tessera::appliance::ort
