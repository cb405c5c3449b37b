#pragma once

/// The vectors that a translation unit is compiled for. Their width is part of how features lie in memory, so all of
/// the library stands in an inline namespace that names it,
///
///     namespace lpntk::inline LPNTK_TARGET { ... }
///
/// and objects compiled for machines of different widths (another -march) do not link where they share lpntk's types,
/// instead of corrupting each other's memory. Users write lpntk::gram and never see it.
#if defined(__AVX512F__)
#define LPNTK_VECTOR_BYTES 64
#define LPNTK_TARGET vectors_of_64_bytes
#elif defined(__AVX__)
#define LPNTK_VECTOR_BYTES 32
#define LPNTK_TARGET vectors_of_32_bytes
#else
#define LPNTK_VECTOR_BYTES 16
#define LPNTK_TARGET vectors_of_16_bytes
#endif

// The tag brings the name into that of every function that only returns a type of lpntk, too.
namespace lpntk {
inline namespace LPNTK_TARGET __attribute__((__abi_tag__)) {}
}  // namespace lpntk
