// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// HTTP heads as values, the same for HTTP/1.1 and HTTP/2.  Header names compare without regard to ASCII case and keep their order.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edge {

struct Header
{
    std::string name;
    std::string value;
    bool operator==(const Header &) const = default;
};

bool equalIgnoringCase(std::string_view a, std::string_view b);

class Headers
{
public:
    Headers() = default;
    Headers(std::initializer_list<Header> headers);

    const std::string *find(std::string_view name) const; // the first one; nullptr if absent
    std::string_view value(std::string_view name) const;  // "" if absent
    bool has(std::string_view name) const { return find(name) != nullptr; }
    void add(std::string name, std::string value);      // a further line, even if the name is there
    void set(std::string_view name, std::string value); // exactly one line of that name
    void remove(std::string_view name);
    bool hasToken(std::string_view name,
                  std::string_view token) const; // comma-separated list, ASCII case ignored

    void lowerNames();
    void properCaseNames();      // Content-Type
    template<typename Predicate> // of a const Header &
    void removeIf(Predicate predicate)
    {
        std::erase_if(m_headers, predicate);
    }

    auto begin() const { return m_headers.begin(); }
    auto end() const { return m_headers.end(); }
    std::size_t size() const { return m_headers.size(); }
    bool operator==(const Headers &) const = default;

private:
    std::vector<Header> m_headers;
};

struct RequestHead
{
    std::string method = "GET";
    std::string target = "/"; // path with query, as sent
    int minorVersion = 1;     // HTTP/1.minorVersion
    Headers headers;          // Host is an ordinary header

    std::string_view path() const;  // target up to '?'
    std::string_view query() const; // after '?', "" if none
};

struct ResponseHead
{
    int status = 200;
    int minorVersion = 1; // as received; sent is always 1
    std::string reason;   // filled from the status if empty
    Headers headers;
};

std::string_view reasonPhrase(int status); // Envoy's words: 413 Payload Too Large, unknown ones "Unknown"

} // namespace edge
