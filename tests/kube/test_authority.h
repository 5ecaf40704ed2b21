// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A certificate authority for tests: makes the keys and certificates that a test wishes for, bad ones too.  By OpenSSL, in memory.
#include <QByteArray>
#include <QDateTime>
#include <QStringList>

#include <memory>

enum class TestKey { EcP256, Rsa2048, Ed25519 };

struct CertificateWish
{
    QString commonName = {}, organization = {};
    QStringList names = {}; // as OpenSSL writes them: "DNS:a.example", "URI:spiffe://…", "IP:127.0.0.1"
    QDateTime notBefore = QDateTime::currentDateTimeUtc().addSecs(-3600);
    QDateTime notAfter = QDateTime::currentDateTimeUtc().addDays(1);
    TestKey key = TestKey::EcP256;
    bool isCa = false;
};

struct TestIdentity
{
    QByteArray certificate, key; // PEM
};

class TestAuthority
{
public:
    explicit TestAuthority(const QString &commonName = QStringLiteral("Test root"),
                           TestKey key = TestKey::EcP256);
    ~TestAuthority();
    TestIdentity issue(const CertificateWish &wish) const;
    std::unique_ptr<TestAuthority> intermediate(const QString &commonName, const QDateTime &notAfter) const;
    QByteArray certificate() const; // PEM

private:
    struct Pair;
    explicit TestAuthority(std::unique_ptr<Pair> pair);
    std::unique_ptr<Pair> m_pair;
};

// A server's certificate for 127.0.0.1 and localhost, from this authority.
TestIdentity loopbackServer(const TestAuthority &authority);
