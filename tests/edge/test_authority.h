// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Certificates for tests, made on the spot with real validity times; keys never leave the process.
#include <memory>
#include <string>
#include <vector>

namespace edge_test {

struct Issued // PEM
{
    std::string certificate, privateKey;
};

struct Names
{
    std::string commonName;
    std::string subjectAltName; // OpenSSL's form: "DNS:a.test,URI:spiffe://…"; "" none
    int validFromSeconds = -60; // from now
    int validForSeconds = 3600;
};

class TestAuthority
{
public:
    explicit TestAuthority(const std::string &name);
    ~TestAuthority();
    std::string certificate() const; // of the CA itself
    Issued issue(const Names &names) const;
    // PEM of the list of what it takes back; it ends so many seconds from now.
    std::string revocationList(const std::vector<Issued> &revoked, int validForSeconds = 3600) const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace edge_test
