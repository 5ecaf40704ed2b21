// SPDX-License-Identifier: GPL-3.0-or-later
// edge run without the rest of the product, for load tests: edge_serve FILE.yaml COMPAT LISTEN-ADDR:PORT
// SERVICE=HOST:PORT…
#include "edge/run/edge_runner.h"

#include <asio/io_context.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>

int main(int argc, char **argv)
{
    if (argc < 4) {
        std::fputs("usage: edge_serve FILE COMPAT ADDR:PORT... SERVICE=HOST:PORT...\n", stderr);
        return 2;
    }
    std::ifstream file(argv[1]);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    edge::EdgeRunOptions options;
    options.compile.compat = edge::compatFromName(argv[2]).value_or(edge::Compat::V1);
    options.compile.ambassadorNamespace = "default";
    for (int i = 3; i < argc; ++i) {
        const std::string argument = argv[i];
        const std::size_t equals = argument.find('=');
        const auto endpoint =
            edge::parseEndpoint(equals == std::string::npos ? argument : argument.substr(equals + 1));
        if (endpoint && equals == std::string::npos)
            options.listens.push_back(*endpoint);
        else if (endpoint)
            options.services[argument.substr(0, equals)] = *endpoint;
    }
    asio::io_context loop(1);
    edge::EdgeRunner runner(loop, options);
    const auto objects = edge::parseYaml(text, argv[1]);
    const auto notes = objects ? runner.apply(*objects)
                               : edge::Result<std::vector<std::string>>(tl::unexpected(objects.error()));
    if (!notes) {
        std::fprintf(stderr, "%s\n", notes.error().message.c_str());
        return 1;
    }
    for (const std::string &note : *notes)
        std::fprintf(stderr, "%s\n", note.c_str());
    std::puts("ready");
    std::fflush(stdout);
    loop.run();
    return 0;
}
