// SPDX-License-Identifier: GPL-3.0-or-later
// corpus_runner DIR…: every case in the folders is compiled and compared by meaning with what Emissary itself
// answered. Prints each difference with the path of its field; the last line is "N passed, N failed"; exits
// with 1 if any failed.
// corpus_runner --tamper DIR…: makes each answer wrong instead, and exits with 1 if a case then still passes.
// corpus_runner --envoy OUT DIR…: writes OUT/CASE-N.json instead, what a real Envoy is to be asked (envoyTasks).
#include "tests/corpus/case_runner.h"
#include "tests/corpus/tampering.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace {

constexpr std::size_t ShownDifferences = 12; // of one case

std::vector<std::filesystem::path> casesIn(const std::filesystem::path &place)
{
    if (!std::filesystem::is_directory(place))
        return {place};
    std::vector<std::filesystem::path> files;
    for (const auto &entry : std::filesystem::directory_iterator(place)) {
        if (entry.path().extension() == ".json")
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

bool passes(const std::filesystem::path &file)
{
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    const auto read = edge::parseJson(text.str());
    const auto differences =
        read ? runCase(*read) : std::vector<Difference>{{"", "cannot be read: " + read.error().message}};
    for (std::size_t i = 0; i < std::min(differences.size(), ShownDifferences); ++i)
        std::cout << file.stem().string() << ": " << differences[i].path << ": " << differences[i].text
                  << "\n";
    if (differences.size() > ShownDifferences)
        std::cout << file.stem().string() << ": and " << differences.size() - ShownDifferences
                  << " more differences\n";
    return differences.empty();
}

void writeEnvoyTasks(const std::filesystem::path &file, const std::filesystem::path &folder)
{
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    const auto read = edge::parseJson(text.str());
    if (!read)
        return;
    int number = 0;
    for (const edge::Value &task : envoyTasks(*read))
        std::ofstream(folder / (file.stem().string() + "-" + std::to_string(number++) + ".json"))
            << edge::toJson(task) << "\n";
}

int tamperAll(int count, char **places)
{
    TamperedKeys keys;
    for (int i = 0; i < count; ++i) {
        for (const auto &file : casesIn(places[i])) {
            std::ostringstream text;
            text << std::ifstream(file, std::ios::binary).rdbuf();
            if (const auto read = edge::parseJson(text.str()))
                tamper(*read, keys);
        }
    }
    int tried = 0;
    int unnoticed = 0;
    for (const auto &[name, key] : keys) {
        tried += key.tried > 0 ? 1 : 0;
        if (key.tried == 0 || key.noticed > 0 || isComparedByNobody(name))
            continue;
        ++unnoticed;
        std::cout << name << ": nobody notices that it is wrong, as in " << key.example << "\n";
    }
    std::cout << tried << " keys made wrong, " << unnoticed << " unnoticed\n";
    return tried > 0 && unnoticed == 0 ? 0 : 1;
}

int writeAllEnvoyTasks(const std::filesystem::path &folder, int count, char **places)
{
    std::filesystem::create_directories(folder);
    for (int i = 0; i < count; ++i) {
        for (const auto &file : casesIn(places[i]))
            writeEnvoyTasks(file, folder);
    }
    return 0;
}

} // namespace

int main(int count, char **arguments)
{
    if (count > 3 && std::string_view(arguments[1]) == "--envoy")
        return writeAllEnvoyTasks(arguments[2], count - 3, arguments + 3);
    if (count > 2 && std::string_view(arguments[1]) == "--tamper")
        return tamperAll(count - 2, arguments + 2);
    if (count < 2) {
        std::cerr << "usage: corpus_runner DIR…\n";
        return 2;
    }
    int passed = 0;
    int failed = 0;
    for (int i = 1; i < count; ++i) {
        if (!std::filesystem::exists(arguments[i])) {
            std::cerr << arguments[i] << ": there is no such file or folder\n";
            return 2;
        }
        for (const auto &file : casesIn(arguments[i]))
            ++(passes(file) ? passed : failed);
    }
    std::cout << passed << " passed, " << failed << " failed\n";
    return failed == 0 ? 0 : 1;
}
