"""Who is compared: how each is configured, started and reached.

Every contender gets one worker on one core, reaches the backend over kept-alive
connections, and writes its usual access log into a file of the run's directory.
"""

import base64
import contextlib
import dataclasses

from bench import BenchError
from bench.children import CONTENDER_CORE, child, free_port, wait_for_port
from bench.signature import SIGN_KEY, SIGN_SECRET, SIGNED_HEADER

# As many connections as wrk opens, with room; and no contender closes one during a run.
IDLE_BACKEND_CONNECTIONS = 256
REQUESTS_WITHOUT_END = 1_000_000_000
PEER_HOST = "0123456789abcdef0123456789abcdef.gw.localhost"


@dataclasses.dataclass(frozen=True)
class Contender:
    """One running way to reach the backend."""

    name: str
    pid: int
    port: int
    host: str
    signs: bool


@contextlib.contextmanager
def haproxy(directory, backend_port):
    """HAProxy in HTTP mode: signs with its `hmac` converter and logs every request."""
    log = "log stdout format raw local0 info"
    with _haproxy("haproxy", directory, _haproxy_http(backend_port), log=log) as (pid, port):
        yield Contender("haproxy", pid, port, PEER_HOST, signs=True)


@contextlib.contextmanager
def haproxy_quiet(directory, backend_port):
    """The same without a log: HAProxy cannot gather log lines as the others can, and this shows what that costs."""
    with _haproxy("haproxy-quiet", directory, _haproxy_http(backend_port), log="") as (pid, port):
        yield Contender("haproxy-quiet", pid, port, PEER_HOST, signs=True)


@contextlib.contextmanager
def haproxy_tcp(directory, backend_port):
    """HAProxy in TCP mode: relays bytes, reads no HTTP, signs nothing. Its log has one line a connection."""
    configuration = f"""
defaults
    mode tcp
    log global
    option tcplog
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend front
    bind 127.0.0.1:@PORT@
    default_backend back
backend back
    server one 127.0.0.1:{backend_port}
"""
    log = "log stdout format raw local0 info"
    with _haproxy("haproxy-tcp", directory, configuration, log=log) as (pid, port):
        yield Contender("haproxy-tcp", pid, port, PEER_HOST, signs=False)


def _haproxy_http(backend_port):
    # In double quotes `\n` reaches HAProxy's format as a line feed; `hmac` takes its key in Base64.
    secret = base64.b64encode(SIGN_SECRET.encode()).decode()
    return f"""
defaults
    mode http
    log global
    option httplog
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout http-keep-alive 60s
frontend front
    bind 127.0.0.1:@PORT@
    http-request set-var-fmt(txn.string_to_sign) "%[method]\\n\\n{SIGNED_HEADER.lower()}:{SIGN_KEY}\\n%[path]"
    http-request set-header X-Ca-Proxy-Signature %[var(txn.string_to_sign),hmac(sha256,{secret}),base64]
    http-request set-header X-Ca-Proxy-Signature-Secret-Key {SIGN_KEY}
    http-request set-header X-Ca-Proxy-Signature-Headers {SIGNED_HEADER}
    default_backend back
backend back
    http-reuse always
    server one 127.0.0.1:{backend_port} pool-max-conn {IDLE_BACKEND_CONNECTIONS}
"""


@contextlib.contextmanager
def _haproxy(name, directory, configuration, *, log):
    port = free_port()
    path = directory / f"{name}.cfg"
    head = f"global\n    nbthread 1\n    maxconn 4096\n    {log}\n"
    path.write_text(head + configuration.replace("@PORT@", str(port)), encoding="utf-8")
    with (
        open(directory / f"{name}.log", "wb") as stdout,
        open(directory / f"{name}.errors", "wb") as stderr,
        child(name, ["haproxy", "-db", "-f", str(path)], core=CONTENDER_CORE, stdout=stdout, stderr=stderr) as process,
    ):
        _wait(process, port, directory / f"{name}.errors")
        yield process.pid, port


@contextlib.contextmanager
def nginx(directory, backend_port):
    """nginx with LuaJIT: signs through libcrypto, with a context that is keyed once and used again."""
    port = free_port()
    configuration = f"""
load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;
{_nginx_common("nginx", directory)}
http {{
    {_nginx_temporary("nginx", directory)}
    access_log {directory}/nginx.log combined buffer=64k flush=1s;
    upstream back {{
        server 127.0.0.1:{backend_port};
        keepalive {IDLE_BACKEND_CONNECTIONS};
        keepalive_requests {REQUESTS_WITHOUT_END};
        keepalive_time 1h;
    }}
    init_by_lua_block {{
        local ffi = require "ffi"
        ffi.cdef[[
            typedef struct evp_md_st EVP_MD;
            typedef struct hmac_ctx_st HMAC_CTX;
            const EVP_MD *EVP_sha256(void);
            HMAC_CTX *HMAC_CTX_new(void);
            int HMAC_Init_ex(HMAC_CTX *ctx, const void *key, int len, const EVP_MD *md, void *engine);
            int HMAC_Update(HMAC_CTX *ctx, const char *data, size_t len);
            int HMAC_Final(HMAC_CTX *ctx, unsigned char *md, unsigned int *len);
        ]]
        local crypto = ffi.load("libcrypto.so.3")
        local context = crypto.HMAC_CTX_new()
        local digest, length = ffi.new("unsigned char[32]"), ffi.new("unsigned int[1]")
        local secret = "{SIGN_SECRET}"
        assert(crypto.HMAC_Init_ex(context, secret, #secret, crypto.EVP_sha256(), nil) == 1)
        function sign(text)
            crypto.HMAC_Init_ex(context, nil, 0, nil, nil)
            crypto.HMAC_Update(context, text, #text)
            crypto.HMAC_Final(context, digest, length)
            return ngx.encode_base64(ffi.string(digest, 32))
        end
    }}
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests {REQUESTS_WITHOUT_END};
        keepalive_time 1h;
        location / {{
            set $signature "";
            rewrite_by_lua_block {{
                ngx.var.signature = sign(
                    ngx.req.get_method() .. "\\n\\n{SIGNED_HEADER.lower()}:{SIGN_KEY}\\n" .. ngx.var.uri)
            }}
            proxy_pass http://back;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
            proxy_set_header X-Ca-Proxy-Signature $signature;
            proxy_set_header X-Ca-Proxy-Signature-Secret-Key {SIGN_KEY};
            proxy_set_header X-Ca-Proxy-Signature-Headers {SIGNED_HEADER};
        }}
    }}
}}
"""
    with nginx_process("nginx", directory, configuration, port, core=CONTENDER_CORE) as pid:
        yield Contender("nginx", pid, port, PEER_HOST, signs=True)


@contextlib.contextmanager
def answering_backend(directory, port, *, core):
    """The measured backend: nginx that answers every request with a small 200 and logs nothing."""
    configuration = f"""
{_nginx_common("backend", directory)}
http {{
    {_nginx_temporary("backend", directory)}
    access_log off;
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests {REQUESTS_WITHOUT_END};
        keepalive_time 1h;
        keepalive_timeout 1h;
        location / {{ return 200 "ok\\n"; }}
    }}
}}
"""
    with nginx_process("backend", directory, configuration, port, core=core) as pid:
        yield pid


def _nginx_common(name, directory):
    return f"""
daemon off;
worker_processes 1;
pid {directory}/{name}.pid;
error_log {directory}/{name}.errors warn;
events {{ worker_connections 4096; }}"""


def _nginx_temporary(name, directory):
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {directory}/{name}-{kind};" for kind in kinds)


@contextlib.contextmanager
def nginx_process(name, directory, configuration, port, *, core):
    """Runs nginx with the configuration until the block ends; gives its master's process id."""
    path = directory / f"{name}.conf"
    path.write_text(configuration, encoding="utf-8")
    errors = directory / f"{name}.errors"
    argv = ["nginx", "-p", str(directory), "-e", str(errors), "-c", str(path)]
    with (
        open(directory / f"{name}.output", "wb") as output,
        child(name, argv, core=core, stdout=output, stderr=output) as process,
    ):
        _wait(process, port, errors)
        yield process.pid


def _wait(process, port, errors):
    try:
        wait_for_port(process, port)
    except BenchError as error:
        raise BenchError(f"{error}: {errors.read_text(encoding='utf-8', errors='replace')[-2000:]}") from error
