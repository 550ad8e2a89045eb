#pragma once

#include <cassert>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

/// Result<T, E>: a value or an error, never dropped silently.
/// The shape is std::expected's, which g++ 12 offers only in C++23 mode. Errors are values for anything the outside
/// can cause; a bug is an assert. Pure; safe on any thread.
namespace tessera {

/// Wraps an error on its way into a Result: `return fail(DecodeError{...})`.
template <class E> struct Failure {
    E error;
};

template <class E> [[nodiscard]] Failure<std::decay_t<E>> fail(E&& error)
{
    return {std::forward<E>(error)};
}

template <class T, class E> class [[nodiscard]] Result
{
public:
    using Value = T;
    using Error = E;

    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    template <class F>
        requires std::is_convertible_v<F, E>
    Result(Failure<F> failure) : m_state(std::in_place_index<1>, std::move(failure.error))
    {
    }

    [[nodiscard]] bool hasValue() const { return m_state.index() == 0; }
    explicit operator bool() const { return hasValue(); }

    [[nodiscard]] T& value() & { return assert(hasValue()), *std::get_if<0>(&m_state); }
    [[nodiscard]] const T& value() const& { return assert(hasValue()), *std::get_if<0>(&m_state); }
    [[nodiscard]] T&& value() && { return assert(hasValue()), std::move(*std::get_if<0>(&m_state)); }
    [[nodiscard]] T& operator*() { return value(); }
    [[nodiscard]] const T& operator*() const { return value(); }
    [[nodiscard]] T* operator->() { return &value(); }
    [[nodiscard]] const T* operator->() const { return &value(); }
    [[nodiscard]] T valueOr(T other) const& { return hasValue() ? value() : std::move(other); }

    [[nodiscard]] E& error() & { return assert(!hasValue()), *std::get_if<1>(&m_state); }
    [[nodiscard]] const E& error() const& { return assert(!hasValue()), *std::get_if<1>(&m_state); }
    [[nodiscard]] E&& error() && { return assert(!hasValue()), std::move(*std::get_if<1>(&m_state)); }

private:
    std::variant<T, E> m_state;
};

template <class E> class [[nodiscard]] Result<void, E>
{
public:
    using Value = void;
    using Error = E;

    Result() = default;
    template <class F>
        requires std::is_convertible_v<F, E>
    Result(Failure<F> failure) : m_state(std::in_place_index<1>, std::move(failure.error))
    {
    }

    [[nodiscard]] bool hasValue() const { return m_state.index() == 0; }
    explicit operator bool() const { return hasValue(); }
    [[nodiscard]] E& error() & { return assert(!hasValue()), *std::get_if<1>(&m_state); }
    [[nodiscard]] const E& error() const& { return assert(!hasValue()), *std::get_if<1>(&m_state); }
    [[nodiscard]] E&& error() && { return assert(!hasValue()), std::move(*std::get_if<1>(&m_state)); }

private:
    std::variant<std::monostate, E> m_state;
};

/// The usual error of a module: its own code, where it happened (path, key, node id, URL) and what was found there.
/// Text for people is made in app and at the command line from these three.
template <class Errc> struct ErrorOf {
    Errc code{};
    std::string where;
    std::string detail;
    friend bool operator==(const ErrorOf&, const ErrorOf&) = default;
};

} // namespace tessera

/// Declares `name` as the value of `expression`, or returns its error from the enclosing function.
#define TESSERA_TRY(name, expression)                                                              \
    auto name##Result_ = (expression);                                                             \
    if (!name##Result_)                                                                            \
        return ::tessera::fail(std::move(name##Result_).error());                                  \
    auto name = std::move(name##Result_).value()

/// Runs `expression` for its effect, or returns its error from the enclosing function.
#define TESSERA_CHECK(expression)                                                                  \
    do {                                                                                           \
        auto checkedResult_ = (expression);                                                        \
        if (!checkedResult_)                                                                       \
            return ::tessera::fail(std::move(checkedResult_).error());                             \
    } while (false)
