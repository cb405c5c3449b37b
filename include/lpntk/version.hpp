#pragma once

/// The version of the library, and its only source: CMake reads these three lines.
#define LPNTK_VERSION_MAJOR 0
#define LPNTK_VERSION_MINOR 2
#define LPNTK_VERSION_PATCH 0
