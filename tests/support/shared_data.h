// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Data beside the checkout that tests agree with (corpus, conformance): the folder named by SALLYPORT_SHARED, else ../shared.
// Without Qt, since the tests of edge/ use it too.
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

inline std::optional<std::string> sharedFile(const std::string &path)
{
    std::ifstream file(sharedFolder() + "/" + path, std::ios::binary);
    if (!file)
        return {};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}
