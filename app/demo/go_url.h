// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// URLs as Go's net/url reads those of requests (ParseRequestURI): an absolute one or an absolute path.  CEL's
// url() and isURL() of kube-apiserver are this.
#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace demo {

struct GoUrl
{
    std::string scheme; // lowered
    std::string host;   // with its port and brackets
    std::string path;   // as written
    std::string query;

    std::string hostName() const; // without port and brackets
    std::string port() const;
};

tl::expected<GoUrl, std::string> readRequestUri(std::string_view text); // the error in Go's words

} // namespace demo
