// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Certificates for shop.example.com, from 2020 to 2120, whose keys Envoy refuses, P-384 before its version 1.33.  Made for the
// tests; their private keys were not kept.
#include <QByteArray>

namespace refused_keys {

inline const QByteArray Rsa1024 = "-----BEGIN CERTIFICATE-----\n"
                                  "MIIByDCCATGgAwIBAgIUFTyv51XR4Jq3c98Yoe6fp/YRH/0wDQYJKoZIhvcNAQEL\n"
                                  "BQAwDzENMAsGA1UEAwwEZWRnZTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAw\n"
                                  "MDAwMFowDzENMAsGA1UEAwwEZWRnZTCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkC\n"
                                  "gYEAt7AJnWJ8STIWn3TxekkorNd5Fst/WNtB6CG+aLxDiQjhsJ8CUCm1F03SC4l5\n"
                                  "OCTMOrt+GOgCBUTX+wqdSCo3u3yzfmD0O9VolsnEtL5rTmj1mG07Ov/GWeCu7E7p\n"
                                  "P/lAMwK/caiQEJfPbH2LR+hJ+Njbs7jKPsQxX+aNEW+C3j0CAwEAAaMfMB0wGwYD\n"
                                  "VR0RBBQwEoIQc2hvcC5leGFtcGxlLmNvbTANBgkqhkiG9w0BAQsFAAOBgQCzoCpW\n"
                                  "JrFTgt+gkFZecVWsnG1iJUCmjlt47+yt4W5mZqVdGF1RRLui68gcaHo8IWYFnzGb\n"
                                  "I8LJsS9XVpTQgdI93zrNQE/HtNYAfD3FyHgICfCd8WPdRRoEQytJwYY74uBQo/sr\n"
                                  "9mxWrxPjuD4aywJrEykTDK+RdIoG+EFc8OkJWg==\n"
                                  "-----END CERTIFICATE-----\n";

inline const QByteArray EcP384 = "-----BEGIN CERTIFICATE-----\n"
                                 "MIIBfzCCAQSgAwIBAgIUb2kCLhSWOi1i4KMEhMgG7hz7XocwCgYIKoZIzj0EAwIw\n"
                                 "DzENMAsGA1UEAwwEZWRnZTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAw\n"
                                 "MFowDzENMAsGA1UEAwwEZWRnZTB2MBAGByqGSM49AgEGBSuBBAAiA2IABHpDsRXb\n"
                                 "9pJVfiODQEnx6f69uOoC5nzHhwcaCEtwevo7dwjv267+2MhuR7WMWN3cFHjlKP0l\n"
                                 "E6iXkx7T2B9vz9q6z7TIsSYpX24JHuHRBa4gzU7CciLc1RcGi6Io4OgSE6MfMB0w\n"
                                 "GwYDVR0RBBQwEoIQc2hvcC5leGFtcGxlLmNvbTAKBggqhkjOPQQDAgNpADBmAjEA\n"
                                 "mneVCaKzmJyrJQNc4wRzJIO2kvUSgMOFXrCjmvKX3n8Dabd6gfAlAYqCe37rEFjL\n"
                                 "AjEA70+1ZIpv2Lmq+yAOxbVWwLCR/KZ8h8IVN81Umb9XWMoO7OXVlyp30u6nbv99\n"
                                 "Ayk0\n"
                                 "-----END CERTIFICATE-----\n";

inline const QByteArray EcSecp256k1 = "-----BEGIN CERTIFICATE-----\n"
                                      "MIIBPDCB5KADAgECAhRz88MrTFpasL8y83e5FzZCtkhevDAKBggqhkjOPQQDAjAP\n"
                                      "MQ0wCwYDVQQDDARlZGdlMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAw\n"
                                      "WjAPMQ0wCwYDVQQDDARlZGdlMFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEufUGwJ+F\n"
                                      "SCCza1g/PCW9GuRIhcHX9x1TiNs2bLQfxFsCRO2a0ceKn0CQ/rLa5Y/9K3JPj+J0\n"
                                      "yUt050Xt2nPMVKMfMB0wGwYDVR0RBBQwEoIQc2hvcC5leGFtcGxlLmNvbTAKBggq\n"
                                      "hkjOPQQDAgNHADBEAiB/FoNvM/jn77Bmj/L/pNqCjmgNdHDdIMckgnX4bSk8rgIg\n"
                                      "K/1DWjswBzMub/zkD4xHl0WPWoz9hWJJ8YgqzJ+ACXU=\n"
                                      "-----END CERTIFICATE-----\n";

} // namespace refused_keys
