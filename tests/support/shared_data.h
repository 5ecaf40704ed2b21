// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Data of real programs that tests agree with (corpus, conformance): of the folder named by SALLYPORT_SHARED, else of
// ../shared, else of the copies in tests/data, which hold what may be copied.  Without Qt: the tests of edge/ use it too.
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

inline std::string sharedFolder()
{
    const char *named = std::getenv("SALLYPORT_SHARED");
    return named && *named ? named : SALLYPORT_SOURCE_DIR "/../shared";
}

// Where a file of it lies; a path that cannot be opened where nobody has it.
inline std::string sharedPath(const std::string &path)
{
    const std::string beside = sharedFolder() + "/" + path;
    return std::ifstream(beside) ? beside : SALLYPORT_SOURCE_DIR "/tests/data/" + path;
}

inline std::optional<std::string> sharedFile(const std::string &path)
{
    std::ifstream file(sharedPath(path), std::ios::binary);
    if (!file)
        return {};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}
