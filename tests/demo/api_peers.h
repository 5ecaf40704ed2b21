// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The demo's API server and, where KUBEBUILDER_ASSETS names one, a real kube-apiserver: asked the same by tests whose expected answers
// are the real one's.  Rows of a table begin with the server's name.
#include "tests/demo/api_fixture.h"
#include "tests/demo/real_api_server.h"

#include <QNetworkAccessManager>

struct PeerReply
{
    int status = 0;
    QByteArray body;
    edge::Value json; // null if the body is none
};

class ApiPeers
{
public:
    static std::vector<const char *> names(); // "demo", and "real" if there is one
    QString start();                          // "" or why not; blocks until both answer
    void choose(const char *row);             // whom call() asks, by the row's first word
    // As the administrator, or with another token; a PATCH is a merge patch.
    PeerReply call(const char *verb, const QByteArray &path, const QByteArray &body = {},
                   const QByteArray &token = ApiFixture::AdminToken);

private:
    ApiFixture m_demo;
    std::unique_ptr<RealApiServer> m_real;
    QByteArray m_url, m_realUrl;
    QNetworkAccessManager m_network;
};
