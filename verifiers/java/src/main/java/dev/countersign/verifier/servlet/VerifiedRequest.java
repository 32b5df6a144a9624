package dev.countersign.verifier.servlet;

import dev.countersign.verifier.Refusal;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The request as the application sees it: its body is there once more. */
final class VerifiedRequest extends HttpServletRequestWrapper {
    private static final String FORM = "application/x-www-form-urlencoded";

    private final HeldBody body;
    private final Refusal refusal;
    private ServletInputStream stream;
    private BufferedReader reader;
    private Map<String, String[]> parameters;

    /** The refusal is null, or in observe mode why it would have been refused. */
    VerifiedRequest(HttpServletRequest request, HeldBody body, Refusal refusal) {
        super(request);
        this.body = body;
        this.refusal = refusal;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        if (body.isUntouched()) {
            return super.getInputStream();
        }
        if (reader != null) {
            throw new IllegalStateException("getReader was called");
        }
        if (stream == null) {
            stream = body.replay();
        }
        return stream;
    }

    @Override
    public BufferedReader getReader() throws IOException {
        if (body.isUntouched()) {
            return super.getReader();
        }
        if (stream != null) {
            throw new IllegalStateException("getInputStream was called");
        }
        if (reader == null) {
            reader = new BufferedReader(new InputStreamReader(body.replay(), charset()));
        }
        return reader;
    }

    @Override
    public String getParameter(String name) {
        String[] values = getParameterValues(name);
        return values == null ? null : values[0];
    }

    @Override
    public String[] getParameterValues(String name) {
        String[] values = getParameterMap().get(name);
        return values == null ? null : values.clone();
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(getParameterMap().keySet());
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        if (!body.isWhole() || !isForm()) {
            return super.getParameterMap();
        }
        if (parameters == null) {
            parameters = Collections.unmodifiableMap(withForm(super.getParameterMap()));
        }
        return parameters;
    }

    /** The container has those of the query; it finds no body to read others from. */
    private Map<String, String[]> withForm(Map<String, String[]> query) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        query.forEach((name, values) -> all.put(name, new ArrayList<>(List.of(values))));
        FormParameters.read(body.bytes(), charset())
                .forEach(
                        pair ->
                                all.computeIfAbsent(pair.getKey(), k -> new ArrayList<>())
                                        .add(pair.getValue()));
        Map<String, String[]> parameters = new LinkedHashMap<>();
        all.forEach((name, values) -> parameters.put(name, values.toArray(String[]::new)));
        return parameters;
    }

    private boolean isForm() {
        String type = getContentType();
        return type != null && type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(FORM);
    }

    private Charset charset() {
        try {
            String name = getCharacterEncoding();
            return name == null ? StandardCharsets.UTF_8 : Charset.forName(name);
        } catch (IllegalArgumentException e) {
            return StandardCharsets.UTF_8;
        }
    }

    @Override
    public String getHeader(String name) {
        if (name.equalsIgnoreCase(Refusal.HEADER)) {
            return refusal == null ? null : refusal.wireName();
        }
        return super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        if (name.equalsIgnoreCase(Refusal.HEADER)) {
            return Collections.enumeration(
                    refusal == null ? List.of() : List.of(refusal.wireName()));
        }
        return super.getHeaders(name);
    }

    /** Nobody but the verifier may say the refusal. */
    @Override
    public Enumeration<String> getHeaderNames() {
        List<String> names = new ArrayList<>(Collections.list(super.getHeaderNames()));
        names.removeIf(name -> name.equalsIgnoreCase(Refusal.HEADER));
        if (refusal != null) {
            names.add(Refusal.HEADER);
        }
        return Collections.enumeration(names);
    }
}
