// SPDX-License-Identifier: GPL-3.0-or-later
// Targets as they come and as routes see them, by what real Envoy did (facts envoy-truth.md).
#include "edge/edge_headers.h"
#include "edge/header_rules.h"
#include "edge/request_intake.h"
#include "edge/request_target.h"

#include <gtest/gtest.h>

using namespace edge;

namespace {

struct Target
{
    std::string sent, seen; // seen "": refused
};

class NormalisedPath : public testing::TestWithParam<Target>
{
};

RequestHead headOf(std::string target, std::string host = "any.test")
{
    RequestHead head;
    head.target = std::move(target);
    head.headers.add("host", std::move(host));
    return head;
}

} // namespace

TEST_P(NormalisedPath, isWhatEnvoyForwards)
{
    std::string target = GetParam().sent;
    const bool fine = normalisePath(target);
    EXPECT_EQ(fine ? target : "", GetParam().seen) << GetParam().sent;
}

INSTANTIATE_TEST_SUITE_P(
    RequestTarget, NormalisedPath,
    testing::Values(Target{"/e/x", "/e/x"}, Target{"/e//x", "/e//x"}, Target{"//e/x", "//e/x"},
                    Target{"/e/./x", "/e/x"}, Target{"/e/a/../x", "/e/x"}, Target{"/../../e/x", "/e/x"},
                    Target{"/e/a/..", "/e/"}, Target{"/e/a/.", "/e/a/"}, Target{"/e/.../x", "/e/.../x"},
                    Target{"/e/a/%2e%2E/x", "/e/x"}, Target{"/e%2Fx", "/e%2Fx"},
                    Target{"/e/..%2fnone", "/e/..%2fnone"}, Target{"/e/a%5cb", "/e/a%5cb"},
                    Target{"/e\\x", "/e/x"}, Target{"/e/a\\..\\x", "/e/x"}, Target{"/e/a%00b", ""},
                    Target{"/e/a%zzb", "/e/a%zzb"}, Target{"/e/a%2", "/e/a%2"},
                    Target{"/e/a%252e%252e/x", "/e/a%252e%252e/x"}, Target{"/e/%41%7e%2d", "/e/A~-"},
                    Target{"/e/a%20b", "/e/a%20b"}, Target{"/e/%c3%a9", "/e/%c3%a9"},
                    Target{"/e/x?u=/../y//z%2e", "/e/x?u=/../y//z%2e"},
                    Target{"/e/{a}|b^`", "/e/%7Ba%7D%7Cb%5E%60"}, Target{"/e/\"a\"<b>", "/e/%22a%22%3Cb%3E"},
                    Target{"/e/*!$&'()", "/e/*!$&'()"}, Target{"/e/a/..//x", "/e//x"},
                    Target{"/e/x#frag", ""}, Target{"/", "/"}, Target{"/..", "/"}));

TEST(RequestTarget, takesParametersFromDotSegmentsAsTheNewestEnvoyDoes)
{
    for (const Target &one :
         {Target{"/e/..;/a", "/a"}, Target{"/e/..;p=1/a", "/a"}, Target{"/e/.;/a", "/e/a"},
          Target{"/e/%2e%2e;/a", "/e/..;/a"}, Target{"/e/..%3b/a", "/e/..%3b/a"}, Target{"/e/..;", "/"},
          Target{"/e/.;", "/e/"}, Target{"/e/...;/a", "/e/...;/a"}, Target{"/e/b;x/..;/a", "/e/a"},
          Target{"/e/;/a", "/e/;/a"}, Target{"/e/b;..;/a", "/e/b;..;/a"},
          Target{"/e/..;?q=/..;/", "/?q=/..;/"}, Target{"/e/..;a\\b", "/"}, Target{"/e//..;/a", "/e/a"},
          Target{"/e/..;x/..;y/a", "/a"}}) {
        std::string target = one.sent;
        EXPECT_TRUE(normalisePath(target, true));
        EXPECT_EQ(target, one.seen) << one.sent;
    }
    std::string before = "/e/..;/a";
    EXPECT_TRUE(normalisePath(before));
    EXPECT_EQ(before, "/e/..;/a");
}

TEST(RequestIntake, knowsQueryWithAContentTypeAsTheNewestEnvoyDoes)
{
    for (const bool isNewest : {true, false}) {
        for (const bool hasType : {true, false}) {
            RequestHead head = headOf("/e");
            head.method = "QUERY";
            if (hasType)
                head.headers.add("content-type", "text/plain");
            Listener listener;
            listener.http.isNewestEnvoy = isNewest;
            const Refusal refusal = refuse(head, listener, {});
            EXPECT_EQ(refusal.status, isNewest && hasType ? 0 : 400);
            EXPECT_EQ(refusal.saysReason, !isNewest) << "the newest one's answer is empty";
        }
    }
}

TEST(RequestTarget, takesHostAndPathFromAnAbsoluteTarget)
{
    RequestHead head = headOf("http://u:p@other.test/e/x?q");
    EXPECT_EQ(normaliseTarget(head, false).status, 0);
    EXPECT_EQ(head.target, "/e/x?q");
    EXPECT_EQ(head.headers.value("host"), "other.test");
    head = headOf("HTTP://other.test?q=1");
    EXPECT_EQ(normaliseTarget(head, false).status, 0);
    EXPECT_EQ(head.target, "/?q=1");
    head = headOf("https://other.test/");
    EXPECT_EQ(normaliseTarget(head, false).status, 403) << "TLS claimed over clear text";
    EXPECT_EQ(normaliseTarget(head, true).status, 0);
    head = headOf("ftp://other.test/");
    EXPECT_EQ(normaliseTarget(head, false).status, 400);
    for (const char *bad : {"http://", "http:///x", "http://a:99999/", "http://a:b/"}) {
        head = headOf(bad);
        EXPECT_EQ(normaliseTarget(head, false).status, 400) << bad;
    }
}

TEST(EdgeHeaders, removesHopByHopHeadersAndThoseThatConnectionNames)
{
    Headers headers{{"connection", "close, x-hop"},
                    {"x-hop", "1"},
                    {"x-stay", "2"},
                    {"keep-alive", "5"},
                    {"te", "gzip, trailers"},
                    {"upgrade", "h2c"},
                    {"proxy-authorization", "Basic x"},
                    {"transfer-encoding", "chunked"}};
    EXPECT_TRUE(removeHopByHop(headers, true));
    EXPECT_EQ(headers, (Headers{{"x-stay", "2"}, {"proxy-authorization", "Basic x"}, {"te", "trailers"}}));
    Headers naming{{"host", "a"}, {"connection", "Host"}};
    EXPECT_FALSE(removeHopByHop(naming, true));
    Headers answer{{"connection", "x-hop"}, {"x-hop", "1"}};
    removeHopByHop(answer, false);
    EXPECT_EQ(answer, (Headers{{"x-hop", "1"}}));
}

TEST(EdgeHeaders, takesAwayOnlyWhatOutsidersMayNotSay)
{
    Headers headers{{"x-envoy-internal", "true"},           {"x-envoy-attempt-count", "3"},
                    {"x-envoy-original-host", "h"},         {"x-envoy-unknown", "1"},
                    {"x-forwarded-client-cert", "By=evil"}, {"x-envoy-peer-metadata", "p"}};
    removeForgedHeaders(headers, {});
    EXPECT_EQ(
        headers,
        (Headers{{"x-envoy-attempt-count", "3"}, {"x-envoy-unknown", "1"}, {"x-envoy-peer-metadata", "p"}}));
}

TEST(EdgeHeaders, believesAsManyHopsAsTheListenerTrusts)
{
    ConnectionInfo connection;
    connection.peerAddress = "10.9.9.9";
    std::mt19937_64 random(1);
    struct Case
    {
        int hops;
        std::string sent, external;
    };
    for (const Case &tested : {Case{0, "1.2.3.4", "10.9.9.9"}, Case{1, "1.2.3.4, 5.6.7.8", "5.6.7.8"},
                               Case{2, "1.2.3.4, 5.6.7.8", "1.2.3.4"},
                               Case{3, "1.2.3.4, 5.6.7.8", "10.9.9.9"}, Case{1, "nonsense", "10.9.9.9"}}) {
        Headers headers{{"x-forwarded-for", tested.sent}, {"x-forwarded-proto", "https"}};
        HttpOptions http;
        http.trustedHops = tested.hops;
        addForwardedHeaders(headers, http, connection, random);
        EXPECT_EQ(headers.value("x-envoy-external-address"), tested.external) << tested.sent;
        EXPECT_EQ(headers.value("x-forwarded-for"), tested.sent + ",10.9.9.9");
        EXPECT_EQ(headers.value("x-forwarded-proto"), tested.hops > 0 ? "https" : "http");
    }
}

TEST(EdgeHeaders, makesRequestIdsOfVersion4)
{
    std::mt19937_64 random(1);
    const std::string id = makeRequestId(random);
    EXPECT_EQ(id.size(), 36U);
    EXPECT_EQ(id[14], '4');
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
    EXPECT_NE(id, makeRequestId(random));
}

TEST(HeaderRules, appendsASecondLineOrReplacesAllOfThem)
{
    Headers headers{{"x-a", "1"}, {"x-b", "1"}, {"x-b", "2"}, {"x-c", "1"}};
    applyHeaderRules(headers, {{"x-a", "2", true}, {"x-b", "3", false}}, {"X-C"}, {});
    EXPECT_EQ(headers, (Headers{{"x-a", "1"}, {"x-b", "3"}, {"x-a", "2"}}));
}

TEST(HeaderRules, sendNoEmptyValueAndNoSecondLine)
{
    Headers headers{{"x-a", "1"}};
    applyHeaderRules(
        headers, {{"x-a", "", false}, {"x-b", "b\r\nx-c: c", false}, {"x-d", "%REQ(none)%", true}}, {}, {});
    EXPECT_EQ(headers, (Headers{{"x-a", "1"}}));
}
