#pragma once

namespace mote::test {

// Constants of one source file, so that the other tests compile to the same bytes in every directory.

/// The top of the source tree.
extern const char* const kSourceDirectory;
/// The `mote` command that these tests were built with.
extern const char* const kProgram;

}  // namespace mote::test
