// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An API server for tests: Store and ApiServer on an asio thread of their own, TLS on a free port of 127.0.0.1, one admin token, one
// admin client certificate, a viewer without rights, a reader of one namespace.
#include "app/demo/api_server.h"
#include "edge/server.h"
#include "tests/kube/test_authority.h"

#include <QByteArray>
#include <QString>
#include <QTemporaryDir>

#include <asio/executor_work_guard.hpp>

#include <future>
#include <thread>

struct ApiAnswer
{
    int status = 0;
    edge::Headers headers;
    QByteArray body;
    edge::Value json; // null if the body is none
};

class ApiFixture
{
public:
    explicit ApiFixture(demo::ApiServerHooks hooks = {}, const std::string &kubeVersion = "1.37");
    ~ApiFixture();
    ApiFixture(const ApiFixture &) = delete;

    std::uint16_t port() const { return m_port; }
    QString url() const { return QStringLiteral("https://127.0.0.1:%1").arg(m_port); }
    QString folder() const { return m_folder.path(); }
    QString kubeconfig() const
    {
        return m_folder.filePath(QStringLiteral("kubeconfig"));
    } // admin, by client certificate
    QString caFile() const { return m_folder.filePath(QStringLiteral("ca.crt")); }
    static constexpr char AdminToken[] = "admin-token", ViewerToken[] = "viewer-token",
                          ReaderToken[] = "reader-token",
                          RenewedReaderToken[] =
                              "renewed-reader-token"; // since /_sim/api-rotate, ReaderToken is refused

    // One request over TLS with the admin's token, on the asio thread; headers replace the usual ones.
    ApiAnswer call(const std::string &method, const std::string &target, const std::string &body = {},
                   const edge::Headers &headers = {});
    // On the asio thread, from a hook: of every client, without an answer; and the store that onLoop hands over.
    void cutConnections() { m_server->closeConnections(); }
    demo::Store &store() { return *m_store; }
    void onLoop(const std::function<void(demo::Store &)> &work); // runs it there and waits

private:
    demo::ApiServerHooks withServer(demo::ApiServerHooks hooks);
    void show(const TestAuthority &issuer); // its certificate, to new connections
    void rotate();
    void writeKubeconfig(const char *readerToken) const;

    asio::io_context m_loop;
    asio::executor_work_guard<asio::io_context::executor_type> m_busy;
    QTemporaryDir m_folder;
    TestAuthority m_authority;
    std::shared_ptr<edge::TlsCredentials> m_credentials;
    std::unique_ptr<demo::Store> m_store;
    std::unique_ptr<demo::ApiServer> m_api;
    std::unique_ptr<edge::Server> m_server;
    std::shared_ptr<edge::TlsCredentials> m_client;
    std::uint16_t m_port = 0;
    std::thread m_thread;
};
