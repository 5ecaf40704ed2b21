// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/strict_criteria.h"

using namespace Qt::StringLiterals;

namespace models {

const QList<VerificationKind> &verificationKinds()
{
    static const QList<VerificationKind> kinds{
        {u"V1"_s, u"configuration reached the proxies"_s,
         u"the listener virtualInbound of each proxy in scope; before STRICT, istiod's syncz"_s,
         u"no proxy takes clear text at a port in scope; before STRICT, every one has the newest listeners"_s},
        {u"V2"_s, u"enforcement"_s,
         u"istio_requests_total and istio_tcp_connections_opened_total of servers with connection_security_policy none"_s,
         u"0 after the drain"_s},
        {u"V3"_s, u"errors of clients"_s, u"istio_requests_total of clients with flags UC, UF, URX, UH"_s,
         u"of each client and server no more than before by three σ, or 0.1 % of their requests"_s},
        {u"V4"_s, u"traffic did not vanish"_s,
         u"requests, TCP connections and bytes a second at each server; from an hour on compared with the same time a day before"_s,
         u"80 % of before, or more; bytes that came all the time still come"_s},
        {u"V5"_s, u"the edge"_s,
         u"a real request for each Mapping; 5xx, upstream_cx_connect_fail and upstream_cx_destroy_remote_with_active_rq of the edge's clusters"_s,
         u"as before, by three σ or 0.1 %"_s},
        {u"V6"_s, u"the platform"_s,
         u"ready pods; events Unhealthy, and failed calls of webhooks anywhere; APIServices' Available; conversions that pods in scope do"_s,
         u"none new"_s},
        {u"V7"_s, u"scrapes"_s, u"up"_s, u"no target went down"_s},
        {u"V8"_s, u"active probes"_s,
         u"a request without certificate through the API server's pod proxy, which comes from outside the mesh"_s,
         u"refused where STRICT is"_s},
        {u"V9"_s, u"refused peers"_s, u"access log of the proxies, flag NR"_s,
         u"every refused peer is explained"_s},
        {u"V10"_s, u"certificates"_s, u"findings of the certificates"_s, u"none new"_s}};
    return kinds;
}

const QList<RollbackCriterion> &rollbackCriteria()
{
    static const QList<RollbackCriterion> criteria{
        {u"V6"_s, u"an event \"failed calling webhook\""_s, true},
        {u"V6"_s, u"an aggregated API or a conversion does not answer, twice in a row"_s, true},
        {u"V6"_s, u"more than 10 % of the ready pods are not ready any more"_s, true},
        {u"V5"_s, u"a Mapping answers real requests with 5xx twice in a row, or has 1 % more 5xx for 30 s"_s,
         true},
        {u"V3"_s, u"clients have more errors than before, by three σ, in two observations in a row"_s, true},
        {u"V4"_s, u"a server with more than one request a second lost half of them, twice in a row"_s, true},
        {u"V8"_s, u"a dry run that refuses real requests"_s, true},
        {u"-"_s,
         u"the API server or Prometheus cannot be reached: nothing is taken back blindly; you decide"_s,
         false}};
    return criteria;
}

} // namespace models
