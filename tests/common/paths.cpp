#include "common/paths.hpp"

namespace mote::test {

const char* const kSourceDirectory = MOTE_SOURCE_DIR;
const char* const kProgram = MOTE_PROGRAM;

}  // namespace mote::test
